internal import Ledger

/// Which operations an operator sees first, where not all of them are shown: those that are held
/// back, then those that would be, lack a notice, or bring most, then the quiet ones.
struct OperationUrgency: Comparable {
    let index: UInt32
    private let rank: Rank
    private let attemptsPerSecond: Double

    private enum Rank: Int {
        /// Suspended for a time; smoothed, or with a queue.
        case suspended, smoothed
        /// The ladder would act, under another policy.
        case advised
        /// More comes than was declared.
        case lacksNotice
        case open, scheduled
        /// By a person, for good.
        case suspendedDefinitively
        case draft, ended
    }

    /// - Parameters:
    ///   - state: of the operation now.
    ///   - lacksNotice: whether it lacks a notice now.
    ///   - waiting: numbers of its queue.
    ///   - attemptsPerSecond: entries that were sent to it lately, whatever came of them.
    init(
        _ operation: Catalogue.Operation, at index: UInt32, _ state: DatedState,
        lacksNotice: Bool, waiting: UInt64, attemptsPerSecond: Double
    ) {
        self.index = index
        self.attemptsPerSecond = attemptsPerSecond
        switch state {
        case .suspended: rank = .suspended
        case .smoothed: rank = .smoothed
        case .open where waiting > 0: rank = .smoothed
        case .open where operation.advice != nil: rank = .advised
        case .open where lacksNotice: rank = .lacksNotice
        case .open: rank = .open
        case .scheduled: rank = .scheduled
        case .suspendedDefinitively: rank = .suspendedDefinitively
        case .draft: rank = .draft
        case .ended, .closed: rank = .ended
        }
    }

    /// The more urgent one is less. Among equals the older one goes first.
    static func < (one: Self, other: Self) -> Bool {
        if one.rank != other.rank { return one.rank.rawValue < other.rank.rawValue }
        if one.attemptsPerSecond != other.attemptsPerSecond {
            return one.attemptsPerSecond > other.attemptsPerSecond
        }
        return one.index < other.index
    }
}
