import Glibc

/// What the wall clock says, and the monotonic clock right before and after.
struct ClockReading {
    /// Nanoseconds of the monotonic clock.
    var before: UInt64
    /// Nanoseconds since 1970.
    var wall: Int64
    var after: UInt64

    /// How long the reading took.
    var width: UInt64 { after &- before }

    /// Reads both clocks: again, twice at most, where the thread lost its core in between.
    static func current() -> ClockReading {
        var best = once()
        for _ in 0..<2 where best.width > ArrivalClock.exactWidth {
            let next = once()
            if next.width < best.width { best = next }
        }
        return best
    }

    private static func once() -> ClockReading {
        let before = MonotonicClock.nanoseconds
        var time = timespec()
        // It fails for an unknown clock only, and this one is known.
        _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
        let wall = Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
        return ClockReading(before: before, wall: wall, after: MonotonicClock.nanoseconds)
    }
}
