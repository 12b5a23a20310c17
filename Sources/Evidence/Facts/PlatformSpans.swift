internal import Contract
internal import Ledger
internal import Time

/// The last times in which the platform was not calm, as far as a record that comes soon afterwards
/// may tell of the same time.
struct PlatformSpans: Codable, Equatable, Sendable {
    private(set) var spans: [PlatformSpan] = []

    /// A minute of robots is on record soon after it ended.
    private static var maximum: Int { 64 }

    /// Takes in what the process measured, or that it started.
    mutating func add(_ fact: Fact, _ record: EvidenceRecord) {
        switch fact {
        case .measured(let report): add(report.level, record)
        case .started:
            // A start is calm, whatever was before.
            end(at: record.at)
            append(.started, record)
            spans[spans.count - 1].until = record.at
        default: return
        }
    }

    private mutating func add(_ level: PressureLevel, _ record: EvidenceRecord) {
        switch level {
        case .calm: end(at: record.at)
        case .strained: if !isOpen { append(.strained, record) }
        case .critical:
            if isOpen {
                spans[spans.count - 1].kind = .critical
            } else {
                append(.critical, record)
            }
        }
    }

    private var isOpen: Bool { spans.last.map { $0.until == nil } ?? false }

    private mutating func end(at time: Timestamp) {
        if isOpen { spans[spans.count - 1].until = time }
    }

    private mutating func append(_ kind: PlatformSpan.Kind, _ record: EvidenceRecord) {
        spans.append(
            PlatformSpan(kind: kind, since: record.at, until: nil, record: record.sequence))
        if spans.count > Self.maximum { spans.removeFirst() }
    }

    /// Those of the same time as this minute.
    func during(_ minute: RobotMinute) -> [PlatformSpan] {
        spans.filter { $0.overlaps(minute.since, minute.until) }
    }
}
