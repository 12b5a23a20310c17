internal import Time

/// The time as one turn of a loop sees it: read once when the turn begins.
struct LoopTime: BitwiseCopyable {
    /// The monotonic clock, for durations and deadlines.
    var nanoseconds: UInt64
    /// The wall clock, for dates.
    var now: Timestamp

    var milliseconds: UInt64 { nanoseconds / 1_000_000 }

    /// What the machine's clocks say.
    static func read() -> LoopTime {
        LoopTime(
            nanoseconds: SystemClock.monotonicNanoseconds(), now: SystemClock.wallClock())
    }
}
