/// When what was freed is given back to the kernel: the C library keeps it, and after a flood of
/// half handshakes that can be more than anything else the process has.
///
/// Not often, because the other threads may wait for it: where there is much to give back, and ten
/// seconds after the last time at the earliest.
struct MemoryReturn {
    /// The most that was held since the last time, or since the start.
    private var peak = 0
    /// Nanoseconds of the monotonic clock.
    private var next: UInt64 = 0

    static var leastBytes: Int { 16 << 20 }
    private static var pause: UInt64 { 10_000_000_000 }

    /// - Parameters:
    ///   - held: bytes that loops keep for connections.
    ///   - now: nanoseconds of the monotonic clock.
    mutating func isDue(held: Int, at now: UInt64) -> Bool {
        peak = max(peak, held)
        guard peak - held >= Self.leastBytes, now >= next else { return false }
        peak = held
        next = now + Self.pause
        return true
    }
}
