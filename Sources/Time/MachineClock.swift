/// The two clocks of a machine, as a seam: the real ones in a gateway, simulated ones in
/// `Tests/Simulation`.
package protocol MachineClock: Sendable {
    /// Nanoseconds of the clock that is never set: for durations and deadlines.
    func monotonicNanoseconds() -> UInt64
    /// The date and the time of day, to the millisecond.
    func wallClock() -> Timestamp
}

extension SystemClock: MachineClock {
    package func monotonicNanoseconds() -> UInt64 { Self.monotonicNanoseconds() }
    package func wallClock() -> Timestamp { Self.wallClock() }
}
