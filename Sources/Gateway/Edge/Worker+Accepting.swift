internal import Bytes
internal import Glibc
internal import Sockets
internal import Wire

/// The listener's side of a worker: connections admitted, refused, and no longer taken.
extension Worker {
    /// Takes connections that wait; a level-triggered event tells of what is left.
    mutating func acceptConnections(atMost maximum: Int = acceptedATurn) {
        for _ in 0..<maximum {
            switch listener?.accept() ?? .nothingWaits {
            case .accepted(let descriptor, let peer): admit(descriptor, peer)
            case .gone: continue
            case .nothingWaits: return
            case .outOfDescriptors:
                // It would be told again at once, and spin: pause until something may have changed.
                pauseAccepting()
                return
            }
        }
    }

    private mutating func admit(_ descriptor: Int32, _ peer: SocketAddress) {
        if expectsProxyHeader, !shared.proxies.contains(peer.octets) {
            instruments.countRefusedProxy(.untrusted, lane: number)
            _ = close(descriptor)
            return
        }
        // Whose connection a proxy brings is known when its header is read.
        let address = expectsProxyHeader ? nil : peer.octets
        if !expectsProxyHeader, !mayShakeHands(descriptor, peer.octets) { return }
        if let refusal = shared.addresses(kind).admit(address) {
            refuse(descriptor, refusal)
            return
        }
        guard let token = connections.open(descriptor, peer: peer) else {
            shared.addresses(kind).release(address)
            refuse(descriptor, .connections)
            return
        }
        connections[token.place].awaitsProxyHeader = expectsProxyHeader
        do {
            try poller.add(descriptor, token: token)
        } catch {
            // The kernel has no memory to watch it: it cannot be served.
            drop(token.place)
            return
        }
        instruments.setConnections(connections.count, lane: number)
        // A proxy sends its header at once; a handshake, if there is one, comes behind it.
        if expectsProxyHeader {
            deadlines.arm(token.place, kind: Deadline.head.rawValue, now: clock.milliseconds)
        } else {
            awaitFirst(token.place)
        }
    }

    /// What a connection is told that is one more than there may be.
    static let refusal: ByteBuffer = {
        let problem = Problem.tooManyConnections
        var body = ByteBuffer(capacity: 256)
        body.append(UInt8(ascii: "{"))
        body.append(problem.members)
        body.append(UInt8(ascii: "}"))
        var answer = ByteBuffer(capacity: 512)
        answer.append(
            response: problem.status, usual: RawSpan(), contentType: MediaType.problem,
            headers: problem.fields, body: body.bytes, closes: true, isHead: false)
        return answer
    }()

    /// One connection more than there may be: told so as well as may be, and closed.
    private func refuse(_ descriptor: Int32, _ refusal: ConnectionRefusal) {
        instruments.count(refusal, kind, lane: number)
        // Who expects a handshake understands no answer.
        Connection.refuse(descriptor, with: tls == nil ? Self.refusal.bytes : RawSpan())
    }

    private mutating func pauseAccepting() {
        guard let descriptor = listener?.descriptor else { return }
        poller.remove(descriptor)
        isAcceptPaused = true
        instruments.count(.descriptors, kind, lane: number)
    }

    /// Tries to accept again: when a connection has closed, and ten times a second by the pulse,
    /// because the descriptors may have been another loop's.
    mutating func resumeAccepting() {
        guard isAcceptPaused, let descriptor = listener?.descriptor else { return }
        let token = EventToken(place: Self.listenerPlace, generation: 0)
        do {
            try poller.addLevelTriggered(descriptor, token: token)
            isAcceptPaused = false
        } catch {
            // The kernel has no memory for it yet; the next try is near.
        }
    }
}
