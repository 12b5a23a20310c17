internal import Bytes
internal import Sockets

/// The end of a worker that nobody shall notice.
///
/// ```
/// SIGTERM     notice over                 last connection gone, or drain_seconds over
///    │  notice     │  finishing                 │
///    ├─────────────┼────────────────────────────┤
///    accepts, and  accepts no more; what is in
///    serves as     flight is answered, who is
///    always        silent for long is closed
/// ```
///
/// All the while each answer says `Connection: close`. A client that is active is so told to come
/// back on a new connection, which the next process accepts: nothing of its is lost. Closing idle
/// connections at once, as many servers do, resets requests that are on their way.
///
/// What is left is the client that is silent for the whole notice and sends while our close is on
/// its way to it: it gets no answer, and what it sent was not read. To send it again is right
/// (RFC 9110, 9.2.2), and with an `Idempotency-Key` it is right without knowing that.
extension Worker {
    /// Whether connections are still taken.
    var isListening: Bool { listener != nil }

    /// What a connection without a request in hand is given.
    var idleDeadline: Deadline { isDraining ? .leave : .idle }

    /// Begins the notice.
    mutating func beginDraining() {
        isDraining = true
        let now = clock.milliseconds
        drainUntil = now + UInt64(limits.drainSeconds) * 1_000
        noticeUntil = min(drainUntil, now + UInt64(limits.drainNoticeMilliseconds))
        for place in connections.openPlaces {
            switch deadlines.kind(of: place).flatMap({ Deadline(rawValue: $0) }) {
            case .idle, .linger:
                deadlines.arm(place, kind: Deadline.leave.rawValue, now: now)
            case .head where isSilent(place):
                deadlines.arm(place, kind: Deadline.leave.rawValue, now: now)
            case .head, .body, .write, .leave, nil: continue
            }
        }
    }

    /// Stops accepting when the notice is over, or nobody is there to be told; cuts what is left
    /// when the drain is.
    mutating func continueDraining() {
        if isListening, clock.milliseconds >= noticeUntil || connections.count == 0 {
            stopListening()
        }
        guard clock.milliseconds >= drainUntil else { return }
        for place in connections.openPlaces { drop(place) }
    }

    private mutating func stopListening() {
        guard let descriptor = listener?.descriptor, let isInherited = listener?.isInherited else {
            return
        }
        // A queue of our own ends with us: what waits there is still served. An inherited one goes
        // on to live, and what waits there is for whoever accepts next.
        if !isInherited { acceptConnections(atMost: Int(Listener.backlog)) }
        // While others hold the same socket, closing would not take it out of the poller.
        poller.remove(descriptor)
        listener = nil
    }

    /// A connection was silent for as long as the notice is: looks once more, and closes it.
    mutating func endSilent(_ place: UInt32, _ inbox: inout ByteBuffer) {
        if connections[place].isLingering {
            drop(place)
            return
        }
        let token = connections.token(of: place)
        connections[place].isReadable = true
        serve(place, &inbox)
        guard connections.isCurrent(token), !connections[place].isLingering else { return }
        if deadlines.kind(of: place) == Deadline.leave.rawValue || isSilent(place) { drop(place) }
    }

    /// Whether a handshake is awaited of which nothing has come.
    private func isSilent(_ place: UInt32) -> Bool {
        connections[place].isHandshaking && !connections[place].hasBegunHandshake
    }
}
