internal import Glibc

/// The machine's own clocks.
package struct SystemClock: Sendable {
    package init() {}

    /// Nanoseconds of the clock that nobody sets: for durations and deadlines. Where it began is
    /// not said.
    package static func monotonicNanoseconds() -> UInt64 {
        nanoseconds(of: CLOCK_MONOTONIC)
    }

    /// The date and the time of day, to the millisecond: somebody may set it, in both directions.
    package static func wallClock() -> Timestamp {
        Timestamp(milliseconds: Int64(nanoseconds(of: CLOCK_REALTIME) / 1_000_000))
    }

    private static func nanoseconds(of clock: clockid_t) -> UInt64 {
        var time = timespec()
        // It fails for an unknown clock only, and these are known.
        _ = unsafe clock_gettime(clock, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
