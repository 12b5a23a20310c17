/// When a request was due, and how long its answer took.
struct AnswerTimes: Sendable {
    /// Nanoseconds of the monotonic clock.
    var due: UInt64
    /// Microseconds from that moment; one of more than an hour has an hour.
    var latency: UInt32
    /// Microseconds from the moment it was sent.
    var service: UInt32

    init(due: UInt64, latency: UInt64, service: UInt64) {
        self.due = due
        self.latency = UInt32(min(latency, Self.longest))
        self.service = UInt32(min(service, Self.longest))
    }

    private static var longest: UInt64 { 3_600_000_000 }
}
