/// What a loop keeps of a connection between its turns, beside its link: 32 bytes and no buffer.
struct ConnectionState: BitwiseCopyable {
    /// Until its client is known.
    private(set) var stage = Stage.proxyHeader
    var input = Input.quiet
    /// What the request in hand needs again when it is answered.
    var context = ResponseContext()
    /// Where its pending buffers are in the pool; -1 for none.
    var pending: Int32 = -1
    /// Requests begun on this connection.
    var requests: UInt32 = 0
    /// Bytes that OpenSSL keeps for it, as they were counted last.
    var sessionBytes: UInt32 = 0
    /// The operation that its last request named with a valid key; ``noOperation`` without one.
    var operation = noOperation
    /// When the request in hand began, in nanoseconds of the monotonic clock.
    var startedAt: UInt64 = 0

    static var noOperation: UInt32 { .max }

    /// Goes on to the next stage.
    mutating func apply(_ event: Stage.Event) {
        guard let next = stage.after(event) else {
            preconditionFailure("\(event) cannot happen while a connection is \(stage)")
        }
        stage = next
    }
}
