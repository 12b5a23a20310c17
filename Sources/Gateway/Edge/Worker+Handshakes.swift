internal import Addresses
internal import Bytes
internal import Glibc
internal import Sockets

/// TLS as a worker sees it: a handshake before the first request. Everything behind that is within
/// ``Connection/receive(into:maximum:)`` and ``Connection/send(_:)``.
extension Worker {
    /// Whether an address may begin one more handshake. If not, its connection is closed before
    /// anything is allocated for it.
    mutating func mayShakeHands(_ descriptor: Int32, _ peer: IPAddress) -> Bool {
        if mayShakeHands(peer) { return true }
        _ = close(descriptor)
        return false
    }

    /// The same, where the connection is somebody else's to close. A trusted proxy speaks for
    /// everyone, and has no limit of its own.
    mutating func mayShakeHands(_ client: IPAddress) -> Bool {
        if tls == nil || shared.proxies.contains(client)
            || shared.handshakes.admit(client, now: clock.nanoseconds)
        {
            return true
        }
        instruments.count(.refused, kind, lane: number)
        return false
    }

    /// Makes ready for a connection's first bytes: a handshake, or a request.
    mutating func awaitFirst(_ place: UInt32) {
        guard secure(place) else { return }
        let isAwaited = connections[place].isHandshaking && !isDraining
        let deadline = isAwaited ? Deadline.head : idleDeadline
        deadlines.arm(place, kind: deadline.rawValue, now: clock.milliseconds)
    }

    /// Has a connection begin with a handshake, on a listener that speaks TLS.
    /// - Returns: whether the connection is still there.
    mutating func secure(_ place: UInt32) -> Bool {
        guard let tls else { return true }
        if connections.secure(place, with: tls, limits.tls) { return true }
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
            // Who has begun may finish, also while the worker drains.
            if connections[place].hasBegunHandshake,
                deadlines.kind(of: place) != Deadline.head.rawValue
            {
                deadlines.arm(place, kind: Deadline.head.rawValue, now: clock.milliseconds)
            }
        case .plain:
            instruments.count(.plain, kind, lane: number)
            connections.endSession(place)
            connections[place].requestStarted = clock.nanoseconds
            connections[place].closesAfterAnswer = true
            problem(place, .malformed, .needsTLS)
        case .closed:
            connections[place].isBroken = true
        case .tooLong:
            instruments.count(.tooLong, kind, lane: number)
            connections[place].isBroken = true
        case .failed:
            instruments.count(.failed, kind, lane: number)
            connections[place].isBroken = true
        }
        return false
    }
}
