/// Turns the kernel's stamps, which are of the wall clock, into times of the monotonic clock.
///
/// The distance between the two changes only when somebody sets the wall clock: a time server that
/// makes it run faster or slower does so to both. It is read again and again, so that such a step
/// is seen, and stamps from both sides of a step are not compared.
struct ArrivalClock {
    /// Readings that took longer than these nanoseconds are too coarse to correct the distance by.
    static var exactWidth: UInt64 { 10_000 }
    /// A change of the distance by more than these nanoseconds is a step of the wall clock.
    static var stepNanoseconds: UInt64 { 50_000 }

    /// By how many nanoseconds the wall clock is ahead of the monotonic one; nil before the first
    /// reading.
    private var distance: Int64?
    /// Since when no step was seen, in nanoseconds of the monotonic clock.
    private var steadySince: UInt64 = 0

    /// Takes note of both clocks.
    mutating func note(_ reading: ClockReading) {
        let middle = reading.before &+ reading.width / 2
        let found = reading.wall &- Int64(clamping: middle)
        guard let known = distance else {
            distance = found
            return
        }
        if (found &- known).magnitude > Self.stepNanoseconds &+ reading.width {
            distance = found
            steadySince = reading.after
        } else if reading.width <= Self.exactWidth {
            distance = found
        }
    }

    /// When an answer came, in nanoseconds of the monotonic clock.
    /// - Parameters:
    ///   - stamp: the kernel's, in nanoseconds since 1970.
    ///   - sentAt: when the request was sent, and `readAt` when the answer was read, by the
    ///     monotonic clock.
    /// - Returns: nil where the stamp cannot be right: the answer would have come before its
    ///   request was sent or after it was read, or the wall clock was set meanwhile.
    func time(of stamp: Int64, sentAt: UInt64, readAt: UInt64) -> UInt64? {
        guard let distance, sentAt >= steadySince,
            let time = UInt64(exactly: stamp &- distance), time >= sentAt, time <= readAt
        else { return nil }
        return time
    }
}
