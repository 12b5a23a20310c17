/// What the engine keeps for a connection beside the sockets' own table.
struct ConnectionSlot {
    var stream = 0
    var state = State.idle
    var attempt = Attempt(due: 0, participant: 0)
    /// When the request's first byte was sent, in nanoseconds of the monotonic clock.
    var sentAt: UInt64 = 0
    /// Requests sent on this connection.
    var requests = 0

    enum State {
        /// Begun; the kernel has not said yet.
        case connecting
        case idle
        /// A request is under way.
        case waiting
    }
}
