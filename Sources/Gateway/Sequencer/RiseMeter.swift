internal import Ledger

/// Counts the entries of each operation over the policy's window, to find those that rise beyond
/// what was announced (C1, C2): entries, not participants, and without any tag.
///
/// The window slides, in eighths: it is the present eighth, as far as it has come, and the seven
/// before it. So it is never longer than the policy's, and nobody is accused of what came in more
/// time; and what comes within seven eighths of it is counted together, whenever that begins.
///
/// Beside the fold. Owned by the sequencer's thread. An entry costs a few comparisons: what an
/// operation may bring is asked for once in an eighth, at its first entry.
struct RiseMeter: ~Copyable {
    private struct Tally {
        /// The number of the eighth that it counts in.
        var eighth: UInt64 = 0
        /// The entries of the last eighths, by their numbers, and their sum.
        var counts = InlineArray<8, UInt32>(repeating: 0)
        var entries: Int = 0
        /// Entries from which the owner looks again.
        var mark: Int = 0
        /// What was allowed when the owner looked last.
        var allowed: Int = 0
        /// When a rise was reported last, in milliseconds of the monotonic clock; 0 for never.
        var reportedAt: UInt64 = 0

        /// Leaves out what came before the window that ends with this eighth.
        mutating func advance(to present: UInt64) {
            guard present - eighth < 8 else { return clear(at: present) }
            while eighth < present {
                eighth += 1
                let place = Int(eighth % 8)
                entries -= Int(counts[place])
                counts[place] = 0
            }
            mark = 0
        }

        mutating func clear(at present: UInt64) {
            eighth = present
            counts = InlineArray(repeating: 0)
            entries = 0
            mark = 0
        }

        mutating func add() {
            counts[Int(eighth % 8)] += 1
            entries += 1
        }
    }

    private var tallies: ContiguousArray<Tally> = []
    /// The number of the present eighth. The first is 8: all that a new tally counts is before it.
    private var eighth: UInt64 = 8
    /// When the eighths of this length began, in milliseconds of the monotonic clock, and with
    /// which number.
    private var start: UInt64 = 0
    private var first: UInt64 = 8
    private var eighthMilliseconds: UInt64 = 0

    /// A rise that goes on is reported again after so long: half of what the fold keeps one.
    static var reportAgainMilliseconds: UInt64 { 300_000 }

    /// The end of the present eighth, in milliseconds of the monotonic clock.
    var eighthEnd: UInt64 { start &+ (eighth - first + 1) &* eighthMilliseconds }

    /// Goes on to the eighth that this time is in; called when the last one has ended. A window of
    /// another length begins empty.
    /// - Parameters:
    ///   - now: milliseconds of the monotonic clock.
    ///   - seconds: of the whole window.
    mutating func turn(at now: UInt64, seconds: Int) {
        let milliseconds = UInt64(seconds) &* 125
        if milliseconds != eighthMilliseconds {
            eighthMilliseconds = milliseconds
            start = now
            first = eighth + 8
        }
        eighth = first + (now - start) / milliseconds
    }

    /// Counts one entry.
    /// - Returns: whether the owner is to look, see ``look(at:allowed:now:)``.
    mutating func count(_ operation: UInt32) -> Bool {
        let index = Int(operation)
        guard index < LedgerLimits.operations else { return false }
        while index >= tallies.count { tallies.append(Tally()) }
        if tallies[index].eighth != eighth { tallies[index].advance(to: eighth) }
        tallies[index].add()
        return tallies[index].entries > tallies[index].mark
    }

    /// Compares an operation's entries with what it may bring without a further notice.
    ///
    /// Where that has become less by itself, as when a campaign has run its time, entries count
    /// from now on: those before were allowed.
    /// - Parameter allowed: `nil` if it is not open: what comes is no rise then.
    /// - Returns: the entries of the window so far, where that is more and is to be reported.
    mutating func look(at operation: UInt32, allowed: Int?, now: UInt64) -> Int? {
        let index = Int(operation)
        guard let allowed else {
            tallies[index].clear(at: eighth)
            tallies[index].mark = Self.entriesBetweenLooks
            return nil
        }
        if allowed < tallies[index].allowed {
            tallies[index].clear(at: eighth)
            tallies[index].add()
        }
        tallies[index].allowed = allowed
        let entries = tallies[index].entries
        guard entries > allowed else {
            tallies[index].mark = allowed
            return nil
        }
        // At most one report in an eighth.
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
        tallies[Int(operation)].allowed = 0
        tallies[Int(operation)].reportedAt = 0
    }

    /// The policy has changed; a window of another length counts from the next eighth on.
    mutating func resetAll() {
        for index in tallies.indices { reset(UInt32(index)) }
    }
}
