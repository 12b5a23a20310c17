internal import Bytes
internal import Glibc
internal import Sockets

/// The listener's side of a worker: connections admitted, refused, and no longer taken.
extension Worker {
    /// Takes the connections that wait; a level-triggered event tells of what is left.
    mutating func acceptConnections() {
        for _ in 0..<Self.acceptedATurn {
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
        guard mayShakeHands(descriptor, peer) else { return }
        guard shared.addresses.admit(peer.octets) else {
            refuse(descriptor)
            return
        }
        guard let token = connections.open(descriptor, peer: peer) else {
            shared.addresses.release(peer.octets)
            refuse(descriptor)
            return
        }
        do {
            try poller.add(descriptor, token: token)
        } catch {
            // The kernel has no memory to watch it: it cannot be served.
            drop(token.place)
            return
        }
        instruments.setConnections(connections.count, lane: number)
        guard secure(token.place) else { return }
        let deadline: Deadline = connections[token.place].isHandshaking ? .head : .idle
        deadlines.arm(token.place, kind: deadline.rawValue, now: clock.milliseconds)
    }

    /// One connection more than there may be: told so as well as may be, and closed.
    private func refuse(_ descriptor: Int32) {
        instruments.countRefusedConnection(kind, lane: number)
        let answer: StaticString =
            "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        if tls == nil {
            // Its buffer is empty, so it takes this at once or is gone; either way it is closed.
            _ = unsafe send(
                descriptor, answer.utf8Start, answer.utf8CodeUnitCount, Int32(MSG_NOSIGNAL))
        }
        _ = close(descriptor)
    }

    private mutating func pauseAccepting() {
        guard let descriptor = listener?.descriptor else { return }
        poller.remove(descriptor)
        isAcceptPaused = true
        instruments.countRefusedConnection(kind, lane: number)
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

    // MARK: The end of listening

    /// Takes what has connected already, stops listening, and lets what is in flight end: a
    /// request that has come is still answered.
    mutating func beginDraining(_ inbox: inout ByteBuffer) {
        acceptConnections()
        listener = nil
        isDraining = true
        drainUntil = clock.milliseconds + UInt64(shared.limits.drainSeconds) * 1_000
        for place in connections.openPlaces {
            guard !connections[place].isAnswerPending else { continue }
            connections[place].isReadable = true
            serve(place, &inbox)
        }
    }
}
