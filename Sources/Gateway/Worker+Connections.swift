internal import Bytes
internal import Glibc
internal import Sockets
internal import Wire

/// Connections: accepted, read, written, timed out, closed.
extension Worker {
    // MARK: Accepting

    mutating func acceptConnections() {
        while let descriptor = listener?.descriptor {
            switch listener?.accept() ?? .nothingWaits {
            case .accepted(let accepted, let peer): admit(accepted, peer)
            case .gone: continue
            case .nothingWaits: return
            case .outOfDescriptors:
                // Level-triggered, it would be told again at once and spin: wait for one to close.
                poller.remove(descriptor)
                isAcceptPaused = true
                shared.instruments.countRefusedConnection(kind, lane: number)
                return
            }
        }
    }

    private mutating func admit(_ descriptor: Int32, _ peer: SocketAddress) {
        guard shared.addresses.admit(peer.octets) else {
            shared.instruments.countRefusedConnection(kind, lane: number)
            _ = close(descriptor)
            return
        }
        guard let token = connections.open(descriptor, peer: peer) else {
            shared.addresses.release(peer.octets)
            shared.instruments.countRefusedConnection(kind, lane: number)
            _ = close(descriptor)
            return
        }
        do {
            try poller.add(descriptor, token: token)
        } catch {
            // Out of kernel memory: the connection cannot be served.
            drop(token.place)
            return
        }
        shared.instruments.setConnections(connections.count, lane: number)
        deadlines.arm(token.place, kind: Deadline.idle.rawValue, now: clock.milliseconds)
    }

    /// Listens again after a pause, where there was one.
    mutating func resumeAccepting() {
        guard isAcceptPaused, let descriptor = listener?.descriptor else { return }
        let token = EventToken(place: Self.listenerPlace, generation: 0)
        isAcceptPaused = (try? poller.addLevelTriggered(descriptor, token: token)) == nil
        // Still paused where it failed: the next connection that closes tries again.
    }

    // MARK: Events

    mutating func handle(_ event: Poller.Event, _ inbox: inout ByteBuffer) {
        let place = event.token.place
        guard connections.isCurrent(event.token) else { return }
        if event.isBroken {
            drop(place)
            return
        }
        if event.isReadable { connections[place].isReadable = true }
        if event.hasHungUp { connections[place].hasHungUp = true }
        if event.isWritable, connections[place].isSendBlocked { sendUnsent(place, &inbox) }
        else if event.isReadable { serve(place, &inbox) }
    }

    /// Reads what has come for a connection and begins the requests that are complete, one after
    /// the other, until one must wait for its answer, bytes are missing, or its turn is over.
    mutating func serve(_ place: UInt32, _ inbox: inout ByteBuffer) {
        if connections[place].isLingering {
            discard(place, &inbox)
            return
        }
        unpark(place, &inbox)
        while canBegin(place) {
            if outbox.count >= Self.turnBytes, inbox.count > requestStart {
                endTurn(place)
                break
            }
            if inbox.count > requestStart, beginRequest(place, &inbox) { continue }
            guard receive(place, &inbox) else { break }
        }
        settle(place, &inbox)
    }

    /// Has the next turn go on with a connection.
    private mutating func endTurn(_ place: UInt32) {
        if connections[place].hasMoreToBegin { return }
        connections[place].hasMoreToBegin = true
        unfinished.append(connections.token(of: place))
    }

    /// Whether the connection may begin a request now.
    private func canBegin(_ place: UInt32) -> Bool {
        let connection = connections[place]
        return !connection.isAnswerPending && !connection.closesAfterAnswer
            && !connection.isSendBlocked
    }

    /// Begins the request at `requestStart`, if all of it is there.
    /// - Returns: false where bytes are missing.
    private mutating func beginRequest(_ place: UInt32, _ inbox: inout ByteBuffer) -> Bool {
        switch parse(&inbox) {
        case .needMore:
            awaitRest(place)
            return false
        case .failed(let rejection):
            connections[place].requestStarted = clock.nanoseconds
            reject(place, rejection)
        case .complete:
            deadlines.disarm(place)
            connections[place].requestStarted = clock.nanoseconds
            connections[place].requests &+= 1
            handleRequest(place, inbox.bytes.extracting(requestStart..<inbox.count))
            requestStart += parser.consumedBytes
            parser.reset()
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
    private mutating func awaitRest(_ place: UInt32) {
        let deadline: Deadline = parser.isHeadComplete ? .body : .head
        guard deadlines.kind(of: place) != deadline.rawValue else { return }
        deadlines.arm(place, kind: deadline.rawValue, now: clock.milliseconds)
        if deadline == .body, parser.expectsContinue { outbox.append100Continue() }
    }

    /// Reads once, behind what is in the inbox.
    /// - Returns: whether bytes came.
    private mutating func receive(_ place: UInt32, _ inbox: inout ByteBuffer) -> Bool {
        guard connections[place].isReadable else { return false }
        if requestStart > 0 {
            inbox.removeFirst(requestStart)
            requestStart = 0
        }
        let maximum = max(Self.inboxBytes - inbox.count, Self.inboxBytes / 4)
        switch connections[place].receive(into: &inbox, maximum: maximum) {
        case .received(let count):
            // A short read has emptied the kernel's buffer, and the next byte brings an event. An
            // end of stream that was told already brings none: it must be read.
            if count < maximum, !connections[place].hasHungUp {
                connections[place].isReadable = false
            }
            return true
        case .wouldBlock:
            connections[place].isReadable = false
        case .finished, .broken:
            connections[place].isReadable = false
            connections[place].isReadFinished = true
        }
        return false
    }

    // MARK: The end of a turn

    /// Sends what was answered to a connection, parks what must wait, arms the next deadline.
    mutating func settle(_ place: UInt32, _ inbox: inout ByteBuffer) {
        if outbox.count > 0, !sendOutbox(place) {
            drop(place)
        } else if connections[place].isAnswerPending || connections[place].isSendBlocked {
            park(place, &inbox)
        } else if connections[place].isReadFinished {
            drop(place)
        } else if connections[place].closesAfterAnswer {
            linger(place, &inbox)
        } else if inbox.count > requestStart {
            park(place, &inbox)
        } else if isDraining {
            // What it has asked is answered, and nothing new is begun.
            if outbox.count > 0 { linger(place, &inbox) } else { drop(place) }
        } else if deadlines.kind(of: place) != Deadline.idle.rawValue {
            deadlines.arm(place, kind: Deadline.idle.rawValue, now: clock.milliseconds)
        }
        inbox.removeAll()
        outbox.removeAll()
        requestStart = 0
        parser.reset()
    }

    /// - Returns: false where the peer is gone.
    private mutating func sendOutbox(_ place: UInt32) -> Bool {
        if connections[place].isSendBlocked {
            // Behind what waits already, whatever the kernel would take by now: answers keep their
            // order, and each its bytes.
            parked[connections[place].parked].unsent.append(outbox.bytes)
            return true
        }
        guard let sent = connections[place].send(outbox.bytes) else { return false }
        guard sent < outbox.count else { return true }
        let lot = parkingPlace(place)
        parked[lot].unsent.append(outbox.bytes.extracting(sent..<outbox.count))
        connections[place].isSendBlocked = true
        deadlines.arm(place, kind: Deadline.write.rawValue, now: clock.milliseconds)
        return true
    }

    /// The kernel takes bytes again: sends the parked rest, then goes on with the connection.
    private mutating func sendUnsent(_ place: UInt32, _ inbox: inout ByteBuffer) {
        guard let isAllSent = parked[connections[place].parked].send(to: connections[place]) else {
            drop(place)
            return
        }
        guard isAllSent else { return }
        connections[place].isSendBlocked = false
        deadlines.disarm(place)
        serve(place, &inbox)
    }

    // MARK: Parking

    private mutating func parkingPlace(_ place: UInt32) -> Int32 {
        if connections[place].parked < 0 { connections[place].parked = parked.take(parser) }
        return connections[place].parked
    }

    /// Keeps what was received of a request that cannot be begun yet.
    private mutating func park(_ place: UInt32, _ inbox: inout ByteBuffer) {
        guard inbox.count > requestStart else { return }
        // Before the lot is looked at: it may grow, and what is looked at would be the former one.
        let number = parkingPlace(place)
        let lot = parked[number]
        lot.received.append(inbox.bytes.extracting(requestStart..<inbox.count))
        lot.parser = parser
    }

    /// Takes up what was parked, and gives the place back where nothing is left in it.
    private mutating func unpark(_ place: UInt32, _ inbox: inout ByteBuffer) {
        let number = connections[place].parked
        guard number >= 0 else { return }
        let lot = parked[number]
        inbox.append(lot.received.bytes)
        parser = lot.parser
        lot.received.removeAll()
        if lot.unsent.count == 0 {
            parked.giveBack(number)
            connections[place].parked = -1
        }
    }

    // MARK: Ends

    /// Our last byte is sent: says so, and waits a little for the peer to end as well.
    private mutating func linger(_ place: UInt32, _ inbox: inout ByteBuffer) {
        connections[place].finishSending()
        connections[place].isLingering = true
        deadlines.arm(place, kind: Deadline.linger.rawValue, now: clock.milliseconds)
        discard(place, &inbox)
    }

    /// Throws away what still comes, within a bound for each turn.
    private mutating func discard(_ place: UInt32, _ inbox: inout ByteBuffer) {
        for _ in 0..<4 {
            inbox.removeAll()
            requestStart = 0
            guard receive(place, &inbox) else { break }
        }
        inbox.removeAll()
        if connections[place].isReadFinished { drop(place) }
    }

    /// Closes a connection and forgets all about it.
    mutating func drop(_ place: UInt32) {
        shared.addresses.release(connections[place].peer)
        if connections[place].parked >= 0 { parked.giveBack(connections[place].parked) }
        deadlines.disarm(place)
        connections.close(place)
        shared.instruments.setConnections(connections.count, lane: number)
        resumeAccepting()
    }

    mutating func expireDeadlines(_ inbox: inout ByteBuffer) {
        while let expired = deadlines.takeExpired(now: clock.milliseconds) {
            switch Deadline(rawValue: expired.kind) {
            case .head: endLate(expired.place, .headTimeout, &inbox)
            case .body: endLate(expired.place, .bodyTimeout, &inbox)
            case .idle, .write, .linger, nil:
                drop(expired.place)
            }
        }
        if isDraining, clock.milliseconds >= drainUntil { dropAll() }
    }

    /// Part of a request came, and the rest took too long.
    private mutating func endLate(_ place: UInt32, _ rejection: HTTPRejection, _ inbox: inout ByteBuffer) {
        unpark(place, &inbox)
        connections[place].requestStarted = clock.nanoseconds
        reject(place, rejection)
        settle(place, &inbox)
    }

    /// Stops listening and lets what is in flight end; a request that has come is still answered.
    mutating func beginDraining(_ inbox: inout ByteBuffer) {
        acceptConnections()
        listener = nil
        isDraining = true
        drainUntil = clock.milliseconds + UInt64(shared.limits.drainSeconds) * 1_000
        for place in connections.openPlaces where !connections[place].isAnswerPending {
            connections[place].isReadable = true
            serve(place, &inbox)
        }
    }

    private mutating func dropAll() {
        for place in connections.openPlaces { drop(place) }
    }
}
