internal import Availability
internal import Ledger
internal import Projections
internal import Time

/// Puts on record how many entries of each operation were answered otherwise than `accepted`: they
/// leave no record of their own (C15). Owned by the pulse's thread.
///
/// One record a quarter of an hour and operation, where there is anything. Quarters are those of
/// UTC, so none reaches from one month into the next, in any time zone; to about a second, because
/// the counts are read once a second. A node of a cluster that follows keeps what it has answered
/// itself: with its office that goes on record.
struct NotAcceptedReporter {
    private let shared: Shared
    /// When the counting began, once there was a turn.
    private var since: Timestamp?
    /// By the operation's index, what is on record or waits to be.
    private var before: [UInt32: AnswerCounts] = [:]
    /// What is to be recorded.
    private var waiting: ArraySlice<Waiting> = []

    private struct Waiting {
        /// The operation's index: by then its name may be another's.
        let operation: UInt32
        let entries: NotAcceptedEntries
    }

    static var quarterMilliseconds: Int64 { 900_000 }
    /// Records in one second, at most: within a quarter of an hour one of each operation.
    private static var maximumRecords: Int { 16 }
    /// Records at the process's end, at most.
    private static var maximumLastRecords: Int { 800 }

    init(_ shared: Shared) {
        self.shared = shared
    }

    /// Ends a quarter that is over; called once a second.
    /// - Parameter mayRecord: whether this process decides.
    mutating func turn(mayRecord: Bool = true) {
        let now = shared.ledgerTime
        let began = since ?? now
        since = began
        if Self.quarter(now) != Self.quarter(began) { end(at: now) }
        guard mayRecord else {
            waiting = waiting.suffix(Self.maximumLastRecords)
            return
        }
        for entries in waiting.prefix(Self.maximumRecords) { enqueue(entries) }
        waiting = waiting.dropFirst(Self.maximumRecords)
    }

    /// The process ends: what was counted goes on record at once; of very many operations those
    /// with the most.
    mutating func finish() {
        end(at: shared.ledgerTime)
        if waiting.count > Self.maximumLastRecords {
            waiting.sort { $0.entries.counts.total > $1.entries.counts.total }
        }
        for entries in waiting.prefix(Self.maximumLastRecords) { enqueue(entries) }
        waiting = []
    }

    private static func quarter(_ time: Timestamp) -> Int64 {
        time.milliseconds / quarterMilliseconds
    }

    private mutating func end(at now: Timestamp) {
        let began = since ?? now
        for (number, operation) in shared.projected.catalogue.operations.enumerated() {
            // A deleted operation's name may be another's by now.
            if operation.retirement == .deleted { continue }
            let index = UInt32(number)
            let counted = counts(of: index)
            let known = before[index] ?? AnswerCounts()
            guard counted != known else { continue }
            before[index] = counted
            let entries = NotAcceptedEntries(
                operation: operation.id, since: began, until: max(now, began),
                counts: counted.since(known))
            waiting.append(Waiting(operation: index, entries: entries))
        }
        since = now
    }

    /// What was answered since the process started.
    private func counts(of operation: UInt32) -> AnswerCounts {
        var counts = AnswerCounts()
        for name in VerdictName.allCases {
            guard let count = name.countNotAccepted else { continue }
            counts[keyPath: count] = shared.instruments.verdicts(name.rawValue, of: operation)
        }
        return counts
    }

    private func enqueue(_ counted: Waiting) {
        let request = AdministrativeRequest.own(
            .notAccepted(counted.entries), about: counted.operation,
            in: shared.projected.catalogue)
        // Where the disk has no room these counts are lost.
        if let request { shared.administration.enqueue(request) }
    }
}

extension AnswerCounts {
    /// What came since; both count from the process's start.
    fileprivate func since(_ before: AnswerCounts) -> AnswerCounts {
        var more = AnswerCounts()
        for verdict in Self.verdicts {
            more[keyPath: verdict.count] =
                self[keyPath: verdict.count] &- before[keyPath: verdict.count]
        }
        return more
    }
}

extension VerdictName {
    /// Where such answers are counted in a record; nil for the accepted ones.
    fileprivate var countNotAccepted: WritableKeyPath<AnswerCounts, UInt64>? {
        switch self {
        case .accepted: nil
        case .repeated: \AnswerCounts.repeated
        case .refused: \AnswerCounts.refused
        case .closed: \AnswerCounts.closed
        case .overloaded: \AnswerCounts.overloaded
        case .waiting: \AnswerCounts.waiting
        case .suspended: \AnswerCounts.suspended
        case .challenged: \AnswerCounts.challenged
        }
    }
}
