internal import Bytes
internal import Sockets
internal import Wire

/// How connections end: by us, by the peer, by a deadline.
extension Worker {
    /// Our last byte is sent: says so, and waits a little for the peer to end as well. Closing at
    /// once, with bytes of the peer unread, would reset the connection and could take our answer
    /// back out of the peer's hands (RFC 9112, 9.6).
    mutating func linger(_ place: UInt32, _ inbox: inout ByteBuffer) {
        connections[place].finishSending()
        connections[place].isLingering = true
        let deadline: Deadline = isDraining ? .leave : .linger
        deadlines.arm(place, kind: deadline.rawValue, now: clock.milliseconds)
        discard(place, &inbox)
    }

    /// Throws away what still comes, within a bound for each turn.
    mutating func discard(_ place: UInt32, _ inbox: inout ByteBuffer) {
        for _ in 0..<4 {
            inbox.removeAll()
            requestStart = 0
            guard receive(place, &inbox) else { break }
        }
        inbox.removeAll()
        let connection = connections[place]
        if connection.isReadFinished || connection.isBroken {
            drop(place)
        } else if connection.isReadable {
            serveNextTurn(place)
        }
    }

    /// Closes a connection and forgets all about it.
    mutating func drop(_ place: UInt32) {
        let isNamed = !connections[place].awaitsProxyHeader
        shared.addresses(kind).release(isNamed ? connections[place].peer : nil)
        if connections[place].parked >= 0 { parked.release(connections[place].parked) }
        deadlines.disarm(place)
        connections.close(place)
        instruments.setConnections(connections.count, lane: number)
        resumeAccepting()
    }

    // MARK: Deadlines

    mutating func expireDeadlines(_ inbox: inout ByteBuffer) {
        while let expired = deadlines.popExpired(now: clock.milliseconds) {
            switch Deadline(rawValue: expired.kind) {
            case .head where connections[expired.place].isHandshaking:
                instruments.count(.timedOut, kind, lane: number)
                drop(expired.place)
            case .head: endLate(expired.place, .headTimeout, &inbox)
            case .body: endLate(expired.place, .bodyTimeout, &inbox)
            case .leave: endSilent(expired.place, &inbox)
            case .idle: cut(expired.place, .idle)
            case .write: cut(expired.place, .write)
            case .linger: cut(expired.place, .linger)
            case nil: drop(expired.place)
            }
        }
    }

    private mutating func cut(_ place: UInt32, _ limit: ConnectionLimit) {
        instruments.count(limit, kind, lane: number)
        drop(place)
    }

    /// Part of a request came, and the rest took too long.
    private mutating func endLate(
        _ place: UInt32, _ rejection: HTTPRejection, _ inbox: inout ByteBuffer
    ) {
        if connections[place].awaitsProxyHeader {
            instruments.countRefusedProxy(.late, lane: number)
            drop(place)
            return
        }
        unpark(place, &inbox)
        connections[place].requestStarted = clock.nanoseconds
        reject(place, rejection)
        endTurn(place, &inbox)
    }
}

/// The limits that end a connection without being the fault of a request, as the metrics name them.
enum ConnectionLimit: Int, CaseIterable {
    /// `limits.idle_seconds`: silent between requests.
    case idle
    /// `limits.write_seconds`: an answer was not taken.
    case write
    /// The peer did not end the connection when we had.
    case linger
    /// `limits.requests_per_connection`
    case requests
    /// `limits.post_handshake_messages`: keys changed, or handshakes asked for, without end.
    case handshakes
    /// `limits.parked_bytes`: no room for half a request, or for an answer that was not taken.
    case memory

    var label: StaticString {
        switch self {
        case .idle: "idle"
        case .write: "write"
        case .linger: "linger"
        case .requests: "requests"
        case .handshakes: "handshakes"
        case .memory: "memory"
        }
    }
}
