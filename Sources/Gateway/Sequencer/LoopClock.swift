internal import Bytes
internal import Glibc
internal import Time
internal import Wire

/// The time as one turn of a loop sees it: read once when the turn begins.
struct LoopClock: ~Copyable, Sendable {
    /// The monotonic clock, for durations and deadlines.
    private(set) var nanoseconds: UInt64 = 0
    /// The wall clock, for dates.
    private(set) var now = Timestamp(milliseconds: 0)
    /// The fields that every answer has, written again when the second of their date changes.
    private(set) var usualFields = ByteBuffer(capacity: 128)
    private var usualSecond: Int64 = -1

    init() {
        advance()
    }

    var milliseconds: UInt64 { nanoseconds / 1_000_000 }

    mutating func advance() {
        nanoseconds = Self.monotonicNanoseconds()
        now = Self.wallClock()
        let second = now.milliseconds / 1_000
        guard second != usualSecond else { return }
        usualSecond = second
        usualFields.removeAll()
        usualFields.append(usualFields: now)
    }

    static func monotonicNanoseconds() -> UInt64 {
        var time = timespec()
        // It fails for an unknown clock only, and this one is known.
        _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    static func wallClock() -> Timestamp {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(milliseconds: Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000)
    }
}
