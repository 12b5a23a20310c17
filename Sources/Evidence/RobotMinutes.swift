package import Ledger

/// The records of an operation's robots that are kept: the last hour of them, and of the minutes in
/// which the platform was not calm more; the log has all (C6).
struct RobotMinutes: Sendable {
    private(set) var records: [EvidenceRecord] = []
    private var calm = 0

    /// Records of a calm platform, and of one that was not, at most.
    private static var maximumCalm: Int { 60 }
    private static var maximumOthers: Int { 240 }

    init() {}

    /// - Parameter records: in order, no more than are kept.
    init(_ records: [EvidenceRecord]) {
        self.records = records
        calm = records.count { $0.platform.isEmpty }
    }

    mutating func add(_ record: EvidenceRecord) {
        records.append(record)
        let isCalm = record.platform.isEmpty
        if isCalm { calm += 1 }
        let count = isCalm ? calm : records.count - calm
        guard count > (isCalm ? Self.maximumCalm : Self.maximumOthers),
            let oldest = records.firstIndex(where: { $0.platform.isEmpty == isCalm })
        else { return }
        records.remove(at: oldest)
        if isCalm { calm -= 1 }
    }
}

extension EvidenceRecord {
    /// The minute of robots that it is; `nil` for any other record.
    package var robotMinute: RobotMinute? {
        guard case .command(let recorded) = content,
            case .fact(.robots(let minute)) = recorded.command
        else { return nil }
        return minute
    }
}
