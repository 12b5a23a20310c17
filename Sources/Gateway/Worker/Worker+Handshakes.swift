internal import Glibc
internal import Sockets

/// TLS as a worker sees it: a handshake before the first request. Everything behind that is within
/// ``Connection/receive(into:maximum:)`` and ``Connection/send(_:)``.
extension Worker {
    /// Whether an address may begin one more handshake. If not, its connection is closed before
    /// anything is allocated for it.
    mutating func mayShakeHands(_ descriptor: Int32, _ peer: SocketAddress) -> Bool {
        if tls == nil || shared.handshakes.admit(peer.octets, now: clock.nanoseconds) {
            return true
        }
        instruments.count(.refused, kind, lane: number)
        _ = close(descriptor)
        return false
    }

    /// Has a connection begin with a handshake, on a listener that speaks TLS.
    /// - Returns: whether the connection is still there.
    mutating func secure(_ place: UInt32) -> Bool {
        guard let tls else { return true }
        if connections.secure(place, with: tls) { return true }
        // There is no memory for its session: it cannot be served.
        drop(place)
        return false
    }

    /// Goes on with a connection's handshake.
    /// - Returns: whether it is made, and there may be a request behind it.
    mutating func shakeHands(_ place: UInt32) -> Bool {
        switch connections[place].shakeHands() {
        case .done(let handshake):
            instruments.count(HandshakeResult(handshake), kind, lane: number)
            connections[place].isHandshaking = false
            deadlines.disarm(place)
            return true
        case .needsMore:
            connections[place].isReadable = false
        case .plain:
            instruments.count(.plain, kind, lane: number)
            connections.endSession(place)
            connections[place].requestStarted = clock.nanoseconds
            connections[place].closesAfterAnswer = true
            problem(place, .malformed, .needsTLS)
        case .closed:
            connections[place].isBroken = true
        case .failed:
            instruments.count(.failed, kind, lane: number)
            connections[place].isBroken = true
        }
        return false
    }
}
