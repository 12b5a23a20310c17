/// One request that somebody means to send.
struct Attempt {
    /// When it was due, in nanoseconds of the monotonic clock: latency counts from here.
    var due: UInt64
    /// Who sends it, by number within the stream.
    var participant: UInt32
    /// 1 for a client's first request.
    var number: UInt16 = 1
    /// Sent by one whose entry was taken already, on purpose.
    var isRepeat = false
    /// What an earlier answer gave to come back with.
    var ticket: String?
    /// Of one who was told to wait.
    var wait: Waits.Promise?
    /// Of one who was told to come back, and wants to.
    var isPatient = false
}
