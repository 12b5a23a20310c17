internal import Synchronization

/// So many a second over all threads, by the generic cell rate algorithm (ITU-T I.371): in any span
/// of T seconds, `perSecond` × (T + 1) at most.
struct CellRate: ~Copyable, Sendable {
    /// From one to the next, in nanoseconds.
    private let interval: UInt64
    /// When the next one would come if all came evenly, in nanoseconds of the monotonic clock.
    private let nextDue = Atomic<UInt64>(0)

    /// How far ahead of an even pace: a second, so that they may come in bursts.
    private static var tolerance: UInt64 { 1_000_000_000 }

    init(perSecond: UInt32) {
        interval = 1_000_000_000 / UInt64(max(perSecond, 1))
    }

    /// Counts one, unless it comes too fast.
    /// - Parameter nanoseconds: the monotonic clock.
    func countIfInPace(at nanoseconds: UInt64) -> Bool {
        let latest = nanoseconds &+ max(Self.tolerance, interval)
        var seen = nextDue.load(ordering: .relaxed)
        while true {
            let due = max(seen, nanoseconds) &+ interval
            guard due <= latest else { return false }
            // Relaxed: nothing else is read by this number. Another worker may have been first:
            // then what it left is looked at.
            let (isExchanged, original) = nextDue.compareExchange(
                expected: seen, desired: due, ordering: .relaxed)
            if isExchanged { return true }
            seen = original
        }
    }
}
