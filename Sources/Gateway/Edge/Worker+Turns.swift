internal import Bytes
internal import Sockets
internal import Wire

/// A connection's turn: bytes in, requests begun, answers out, and the deadline for what is next.
///
/// | a connection that | is known by | has the deadline | and goes on with |
/// | --- | --- | --- | --- |
/// | has not said whom it is for | `awaitsProxyHeader` | head | the header's next byte |
/// | makes its TLS handshake | `isHandshaking` | head | the next byte |
/// | is idle | none of the below | idle | the next byte |
/// | has sent part of a request | parked bytes | head, then body | the next byte |
/// | waits for a decision | `isAnswerPending` | none: an answer always comes | its answer |
/// | does not read its answer | `isSendBlocked` | write | room in the kernel's buffer |
/// | has been ended by us | `isLingering` | linger | the peer's end |
///
/// While the worker drains, `leave` stands for idle and for linger: `Worker+Draining`.
///
/// Waiting for a decision and not reading an earlier answer can be at once: a pipelining client.
extension Worker {
    mutating func handle(_ event: Poller.Event, _ inbox: inout ByteBuffer) {
        let place = event.token.place
        guard connections.isCurrent(event.token) else { return }
        if event.isBroken {
            drop(place)
            return
        }
        let isReadable =
            event.isReadable || (event.isWritable && connections[place].readsWhenWritable)
        if isReadable { connections[place].isReadable = true }
        if event.hasHungUp { connections[place].hasHungUp = true }
        if event.isWritable, connections[place].isSendBlocked {
            sendUnsent(place, &inbox)
        } else if isReadable {
            serve(place, &inbox)
        }
    }

    /// Reads what has come for a connection and begins the requests that are complete, one after
    /// the other, until one must wait for its answer, or bytes are missing, or it has had its share
    /// of this turn.
    mutating func serve(_ place: UInt32, _ inbox: inout ByteBuffer) {
        if connections[place].isLingering {
            discard(place, &inbox)
            return
        }
        if connections[place].awaitsProxyHeader, !readProxyHeader(place, &inbox) { return }
        unpark(place, &inbox)
        var begun = 0
        while canBegin(place) {
            if begun == Self.requestsATurn {
                serveNextTurn(place)
                break
            }
            if inbox.count > requestStart, beginRequest(place, &inbox) {
                begun += 1
                if outbox.count >= Self.outboxBytes { sendOutbox(place) }
            } else if !receive(place, &inbox) {
                break
            }
        }
        endTurn(place, &inbox)
    }

    /// Serves the connections that had more than their share the last time.
    mutating func serveAgain(_ inbox: inout ByteBuffer) {
        guard !again.isEmpty else { return }
        let tokens = again
        again.removeAll(keepingCapacity: true)
        for token in tokens where connections.isCurrent(token) {
            connections[token.place].isServedAgain = false
            serve(token.place, &inbox)
        }
    }

    /// Puts a connection on the list of those that have more to begin than their share.
    mutating func serveNextTurn(_ place: UInt32) {
        guard !connections[place].isServedAgain else { return }
        connections[place].isServedAgain = true
        again.append(connections.token(of: place))
    }

    /// Whether the connection may begin a request now.
    private func canBegin(_ place: UInt32) -> Bool {
        let connection = connections[place]
        return !connection.isAnswerPending && !connection.closesAfterAnswer
            && !connection.isSendBlocked && !connection.isBroken
    }

    // MARK: Requests

    /// Begins the request at `requestStart`, if all of it is there.
    /// - Returns: false where bytes are missing.
    private mutating func beginRequest(_ place: UInt32, _ inbox: inout ByteBuffer) -> Bool {
        switch parse(&inbox) {
        case .needMore:
            return awaitRest(place, inbox.bytes.extracting(requestStart..<inbox.count))
        case .failed(let rejection):
            connections[place].requestStarted = clock.nanoseconds
            reject(place, rejection)
        case .complete:
            deadlines.disarm(place)
            connections[place].requestStarted = clock.nanoseconds
            connections[place].requests &+= 1
            connections[place].hasContinued = false
            handleRequest(place, inbox.bytes.extracting(requestStart..<inbox.count))
            requestStart += parser.consumedBytes
            parser.reset(to: wireLimits)
        }
        return true
    }

    private mutating func parse(_ inbox: inout ByteBuffer) -> ParseStep {
        let end = inbox.count
        var everything = inbox.mutableBytes
        var received = everything._mutatingExtracting(requestStart..<end)
        return parser.parse(&received)
    }

    /// A request is not complete: its deadline runs, and its sender may wait for a go-ahead.
    /// - Returns: whether it was answered all the same, because its head says enough.
    private mutating func awaitRest(_ place: UInt32, _ received: RawSpan) -> Bool {
        let deadline: Deadline = parser.isHeadComplete ? .body : .head
        if deadlines.kind(of: place) != deadline.rawValue {
            deadlines.arm(place, kind: deadline.rawValue, now: clock.milliseconds)
        }
        guard parser.isHeadComplete else { return false }
        if answerHead(place, received) { return true }
        if parser.expectsContinue, !connections[place].hasContinued {
            connections[place].hasContinued = true
            outbox.append100Continue()
        }
        return false
    }

    /// Reads once, behind what is in the inbox.
    /// - Returns: whether bytes came.
    mutating func receive(_ place: UInt32, _ inbox: inout ByteBuffer) -> Bool {
        guard connections[place].isReadable else { return false }
        if connections[place].isHandshaking, !shakeHands(place) { return false }
        if requestStart > 0 {
            inbox.removeFirst(requestStart)
            requestStart = 0
        }
        let maximum = max(Self.inboxBytes - inbox.count, Self.inboxBytes / 4)
        switch connections[place].receive(into: &inbox, maximum: maximum) {
        case .received(let count):
            // A short read has emptied the kernel's buffer, and the next byte brings an event. An
            // end of stream that was told already brings none: it must be read.
            let isEmptied = count < maximum && !connections[place].hasMore
            if isEmptied, !connections[place].hasHungUp {
                connections[place].isReadable = false
            }
            return true
        case .wouldBlock:
            connections[place].isReadable = false
        case .finished:
            connections[place].isReadable = false
            connections[place].isReadFinished = true
        case .broken:
            if connections[place].hasTooManyHandshakes {
                instruments.count(.handshakes, kind, lane: number)
            }
            connections[place].isReadable = false
            connections[place].isBroken = true
        }
        return false
    }

    // MARK: The end of a turn

    /// Sends what was answered, keeps what must wait, and arms the deadline of the table above.
    mutating func endTurn(_ place: UInt32, _ inbox: inout ByteBuffer) {
        if outbox.count > 0 { sendOutbox(place) }
        let connection = connections[place]
        if connection.isBroken {
            drop(place)
        } else if connection.isAnswerPending || connection.isSendBlocked {
            // Where there is no room, requests behind the one in hand are not begun: the answer in
            // hand says that it is the last.
            _ = park(place, &inbox)
        } else if connection.isReadFinished {
            drop(place)
        } else if connection.closesAfterAnswer {
            linger(place, &inbox)
        } else if inbox.count > requestStart {
            if !park(place, &inbox) {
                refuseToPark(place, &inbox)
                return
            }
        } else if connection.isHandshaking {
            // Its deadline runs since it has connected.
        } else {
            // Part of a TLS record is part of a request, and kept like one.
            let isBegun = connection.hasPartialRecord && !isDraining
            let deadline = isBegun ? Deadline.head : idleDeadline
            if deadlines.kind(of: place) != deadline.rawValue {
                deadlines.arm(place, kind: deadline.rawValue, now: clock.milliseconds)
            }
        }
        inbox.removeAll()
        outbox.removeAll()
        requestStart = 0
        parser.reset(to: wireLimits)
    }
}
