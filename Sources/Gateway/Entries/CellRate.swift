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
        interval = Self.interval(perSecond)
    }

    static func interval(_ perSecond: UInt32) -> UInt64 {
        1_000_000_000 / UInt64(max(perSecond, 1))
    }

    /// When the next one is due behind one that comes now.
    /// - Parameters:
    ///   - last: what this returned for the one before; 0 for none.
    ///   - tolerance: how far ahead of an even pace.
    /// - Returns: nil for one that comes too fast.
    static func nextDue(
        after last: UInt64, at nanoseconds: UInt64, interval: UInt64, tolerance: UInt64
    ) -> UInt64? {
        let due = max(last, nanoseconds) &+ interval
        return due <= nanoseconds &+ max(tolerance, interval) ? due : nil
    }

    /// Counts one, unless it comes too fast.
    /// - Parameter nanoseconds: the monotonic clock.
    func countIfInPace(at nanoseconds: UInt64) -> Bool {
        var seen = nextDue.load(ordering: .relaxed)
        while true {
            let next = Self.nextDue(
                after: seen, at: nanoseconds, interval: interval, tolerance: Self.tolerance)
            guard let due = next else { return false }
            // Relaxed: nothing else is read by this number. Another worker may have been first:
            // then what it left is looked at.
            let (isExchanged, original) = nextDue.compareExchange(
                expected: seen, desired: due, ordering: .relaxed)
            if isExchanged { return true }
            seen = original
        }
    }
}
