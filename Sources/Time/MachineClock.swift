/// The clocks of a machine, as a seam: the real ones in a gateway, simulated ones in
/// `Tests/Simulation`.
package protocol MachineClock: Sendable {
    /// Nanoseconds of the clock that is never set: for durations and deadlines. It stands while the
    /// machine sleeps.
    func monotonicNanoseconds() -> UInt64
    /// Nanoseconds of a clock that is never set and goes on while the machine sleeps: by how much
    /// the wall clock must have gone on.
    func elapsedNanoseconds() -> UInt64
    /// Nanoseconds for which the calling thread has had a processor: what of a wait was work.
    func threadNanoseconds() -> UInt64
    /// The date and the time of day, to the millisecond.
    func wallClock() -> Timestamp
    /// Whether a time server keeps the wall clock in step, as far as the kernel knows.
    func isSynchronized() -> Bool
}

extension SystemClock: MachineClock {
    package func monotonicNanoseconds() -> UInt64 { Self.monotonicNanoseconds() }
    package func wallClock() -> Timestamp { Self.wallClock() }
}
