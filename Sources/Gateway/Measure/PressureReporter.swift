internal import Contract
internal import Ledger
internal import Projections
internal import Synchronization
internal import Time

/// Tells the fold what was measured, when it may have to act. Owned by the pulse's thread.
struct PressureReporter {
    private let shared: Shared
    private let status = ReportStatus()
    /// Records on stable storage when there was last another number of them, and when that was:
    /// nanoseconds of the monotonic clock.
    private var lastRecords: (count: UInt64, at: UInt64) = (0, 0)
    /// How many operations lacked a notice when that was last looked at.
    private var lackingNotice = 0

    /// A log without a record for so long gets one, for its time: what a start may believe of the
    /// clock goes by the last record's.
    static var silenceNanoseconds: UInt64 { 6 * 3_600_000_000_000 }

    /// The outcome of the reports so far; the projector completes them.
    final class ReportStatus: Sendable {
        private let state = Mutex(
            (knownLevel: PressureLevel.calm, isUnderway: false, isRefused: false))

        /// The level that the fold knows of; nil while it has not decided a report yet.
        var knownLevel: PressureLevel? { state.withLock { $0.isUnderway ? nil : $0.knownLevel } }
        /// Whether the disk had no room for the last one.
        var isRefused: Bool { state.withLock { $0.isRefused } }

        func begin() { state.withLock { $0.isUnderway = true } }

        /// What the disk had no room for, or had no time, was not reported.
        func end(_ outcome: AdministrativeOutcome, _ level: PressureLevel) {
            state.withLock { state in
                state.isUnderway = false
                switch outcome {
                case .noSpace, .clockUnconfirmed, .handedOver: state.isRefused = true
                case .decided:
                    state.isRefused = false
                    state.knownLevel = level
                }
            }
        }
    }

    init(_ shared: Shared) {
        self.shared = shared
    }

    /// - Parameter beat: counts the samples, ``PressureClassifier/frequency`` a second.
    mutating func report(_ sample: PressureSample, _ load: LoadMeter, beat: Int) {
        let isSilent = isLogSilent()
        guard let knownLevel = status.knownLevel else { return }
        let isChange = sample.level != knownLevel
        let isBeat = beat % (PressureClassifier.frequency / 2) == 0
        let catalogue = shared.projected.catalogue
        let isNews = isNoticeMissing(catalogue) && sample.level >= .strained
        guard (isChange || isNews) && !status.isRefused || isBeat else { return }
        let isHeld = !catalogue.heldOperations.isEmpty
        let isSecond = beat % PressureClassifier.frequency == 0
        // One operation alone degrades nobody's service: only its declarations count.
        let mayHold =
            !catalogue.operationsLackingNotice.isEmpty || catalogue.operations.count > 1
        // A pace is moved twice a second; a suspension needs no more than a look at the demand.
        let isNeeded =
            sample.level >= .strained && mayHold || hasSmoothed(catalogue) || isHeld && isSecond
            || isSilent && isSecond
        guard isChange || isNews || isNeeded else { return }
        var report = load.report(sample, catalogue)
        if isChange { report.before = knownLevel }
        submit(report)
    }

    /// Whether the ladder smooths an operation, or would if it did not only advise.
    private func hasSmoothed(_ catalogue: Catalogue) -> Bool {
        catalogue.heldOperations.contains { index in
            if case .smoothed = catalogue.operations[Int(index)].rung { true } else { false }
        }
    }

    /// Whether more operations lack a notice than before: under strain the ladder acts at once.
    private mutating func isNoticeMissing(_ catalogue: Catalogue) -> Bool {
        let before = lackingNotice
        lackingNotice = catalogue.operationsLackingNotice.count
        return lackingNotice > before
    }

    private mutating func isLogSilent() -> Bool {
        let now = shared.clock.monotonicNanoseconds()
        let count = shared.durableRecords.load(ordering: .relaxed)
        if count != lastRecords.count || lastRecords.at == 0 { lastRecords = (count, now) }
        return now - min(lastRecords.at, now) >= Self.silenceNanoseconds
    }

    private func submit(_ report: PressureReport) {
        status.begin()
        shared.administration.enqueue(
            .own(.fact(.measured(report))) { [status] in status.end($0, report.level) })
    }
}
