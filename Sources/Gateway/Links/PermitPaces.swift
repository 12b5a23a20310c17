/// How fast the test entries of each permit come to a cluster (C7): the leader decides those of all
/// nodes, and counts them together.
///
/// By ``CellRate``, which each node's workers ask first; with a second more, because what nodes
/// send comes in batches. In memory alone, like theirs: a new leader begins anew. Owned by the
/// sequencer.
struct PermitPaces {
    /// When the next entry would come if all came evenly, in nanoseconds of the monotonic clock, by
    /// the permit's index. Only permits that were issued come this far.
    private var nextDue: [UInt32: UInt64] = [:]

    /// How far entries may be ahead of an even pace.
    private static var tolerance: UInt64 { 2_000_000_000 }

    /// Counts an entry, unless it comes too fast: in any span of T seconds, `perSecond` × (T + 2)
    /// entries at most.
    /// - Parameters:
    ///   - perSecond: the permit's.
    ///   - nanoseconds: the monotonic clock.
    mutating func countIfInPace(
        _ permit: UInt32, perSecond: UInt32, at nanoseconds: UInt64
    ) -> Bool {
        let due = CellRate.nextDue(
            after: nextDue[permit] ?? 0, at: nanoseconds, interval: CellRate.interval(perSecond),
            tolerance: Self.tolerance)
        guard let due else { return false }
        nextDue[permit] = due
        return true
    }
}
