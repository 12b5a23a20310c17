internal import Ledger

/// Counts the entries of each operation over the policy's window, to find those that rise beyond
/// what was announced (C1, C2): entries, not participants, and without any tag.
///
/// Beside the fold. Owned by the sequencer's thread. An entry costs a few comparisons: what an
/// operation may bring is asked for once in a window, at its first entry.
struct RiseMeter: ~Copyable {
    private struct Tally {
        /// The number of the window that it counts in.
        var window: UInt64 = 0
        var entries: Int = 0
        /// Entries from which the owner looks again.
        var mark: Int = 0
        /// When a rise was reported last, in milliseconds of the monotonic clock; 0 for never.
        var reportedAt: UInt64 = 0
    }

    private var tallies: ContiguousArray<Tally> = []
    /// The number of the present window.
    private var window: UInt64 = 0
    /// Its end, in milliseconds of the monotonic clock.
    private(set) var windowEnd: UInt64 = 0

    /// A rise that goes on is reported again after so long: half of what the fold keeps one.
    static var reportAgainMilliseconds: UInt64 { 300_000 }

    /// Begins a window; called when the last one has ended.
    /// - Parameter now: milliseconds of the monotonic clock.
    mutating func turn(at now: UInt64, seconds: Int) {
        window &+= 1
        windowEnd = now &+ UInt64(seconds) &* 1_000
    }

    /// Counts one entry.
    /// - Returns: whether the owner is to look, see ``look(at:allowed:now:)``.
    mutating func count(_ operation: UInt32) -> Bool {
        let index = Int(operation)
        guard index < LedgerLimits.operations else { return false }
        while index >= tallies.count { tallies.append(Tally()) }
        if tallies[index].window != window {
            tallies[index].window = window
            tallies[index].entries = 0
            tallies[index].mark = 0
        }
        tallies[index].entries &+= 1
        return tallies[index].entries > tallies[index].mark
    }

    /// Compares an operation's entries with what it may bring without a further notice.
    /// - Parameter allowed: `nil` if it is not open: what comes is no rise then.
    /// - Returns: the entries of the window so far, where that is more and is to be reported.
    mutating func look(at operation: UInt32, allowed: Int?, now: UInt64) -> Int? {
        let index = Int(operation)
        guard let allowed else {
            tallies[index].entries = 0
            tallies[index].mark = Self.entriesBetweenLooks
            return nil
        }
        let entries = tallies[index].entries
        guard entries > allowed else {
            tallies[index].mark = allowed
            return nil
        }
        // At most one report in a window.
        tallies[index].mark = .max
        let reportedAt = tallies[index].reportedAt
        guard reportedAt == 0 || now >= reportedAt &+ Self.reportAgainMilliseconds else {
            return nil
        }
        tallies[index].reportedAt = max(now, 1)
        return entries
    }

    /// How often an operation that is not open is looked at.
    private static var entriesBetweenLooks: Int { 100 }

    /// What was declared of an operation has changed: what was reported may be announced by now, or
    /// what was announced may not be any more.
    mutating func reset(_ operation: UInt32) {
        guard operation < tallies.count else { return }
        tallies[Int(operation)].mark = 0
        tallies[Int(operation)].reportedAt = 0
    }

    /// The policy has changed; its window counts from the next one on.
    mutating func resetAll() {
        for index in tallies.indices { reset(UInt32(index)) }
    }
}
