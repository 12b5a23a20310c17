internal import Bytes
internal import Sockets
internal import Wire

/// What a connection cannot have at once: answers the kernel does not take yet, and requests that
/// are not complete. Both are parked, and taken up where they were left.
extension Worker {
    // MARK: Answers

    /// Sends what is in the outbox, behind what the connection has not taken yet.
    mutating func sendOutbox(_ place: UInt32) {
        var sent = 0
        if !connections[place].isSendBlocked {
            guard let taken = connections[place].send(outbox.bytes) else {
                connections[place].isBroken = true
                outbox.removeAll()
                return
            }
            sent = taken
        }
        if sent < outbox.count {
            let number = pendingBuffersIndex(place)
            let lot = parked[number]
            lot.unsent.append(outbox.bytes.extracting(sent..<outbox.count))
            parked.settle(number)
            if parked.isFull {
                instruments.count(.memory, kind, lane: self.number)
                connections[place].isBroken = true
            }
            if !connections[place].isSendBlocked {
                connections[place].isSendBlocked = true
                deadlines.arm(place, kind: Deadline.write.rawValue, now: clock.milliseconds)
            }
        }
        outbox.removeAll()
    }

    /// The kernel takes bytes again: sends the parked rest, then goes on with the connection.
    mutating func sendUnsent(_ place: UInt32, _ inbox: inout ByteBuffer) {
        let lot = parked[connections[place].parked]
        guard let isAllSent = lot.send(to: connections[place]) else {
            drop(place)
            return
        }
        guard isAllSent else { return }
        connections[place].isSendBlocked = false
        deadlines.disarm(place)
        serve(place, &inbox)
    }

    // MARK: Requests

    /// Keeps what was received of a request that cannot be begun yet.
    /// - Returns: false where there is no room for it: nothing is kept, and the connection's next
    ///   answer is its last.
    mutating func park(_ place: UInt32, _ inbox: inout ByteBuffer) -> Bool {
        guard inbox.count > requestStart else { return true }
        let number = pendingBuffersIndex(place)
        let lot = parked[number]
        lot.parser = parser
        if requestStart == 0, inbox.count > Self.copiedBytes {
            // A large body in many pieces: the buffers change places, and nothing is copied.
            swap(&inbox, &lot.received)
        } else {
            lot.received.append(inbox.bytes.extracting(requestStart..<inbox.count))
        }
        parked.settle(number)
        guard parked.isFull else { return true }
        instruments.count(.memory, kind, lane: self.number)
        connections[place].closesAfterAnswer = true
        lot.forgetReceived()
        parked.settle(number)
        if lot.unsent.count == 0 { releasePendingBuffers(place) }
        return false
    }

    /// Refuses a request that is not complete, and finds no room to wait for its rest.
    mutating func refuseToPark(_ place: UInt32, _ inbox: inout ByteBuffer) {
        connections[place].requestStarted = clock.nanoseconds
        connections[place].responseContext = ResponseContext(isHead: parser.method == .head)
        problem(place, .malformed, .overloaded)
        // What was received is forgotten, so this ends the connection.
        inbox.removeAll()
        requestStart = 0
        endTurn(place, &inbox)
    }

    /// Takes up what was parked, and gives the place back where nothing is left in it.
    mutating func unpark(_ place: UInt32, _ inbox: inout ByteBuffer) {
        let number = connections[place].parked
        guard number >= 0 else { return }
        let lot = parked[number]
        parser = lot.parser
        if lot.received.count > Self.copiedBytes {
            swap(&inbox, &lot.received)
        } else {
            inbox.append(lot.received.bytes)
        }
        lot.received.removeAll()
        if lot.unsent.count == 0 { releasePendingBuffers(place) } else { parked.settle(number) }
    }

    private mutating func releasePendingBuffers(_ place: UInt32) {
        parked.release(connections[place].parked)
        connections[place].parked = -1
    }

    private mutating func pendingBuffersIndex(_ place: UInt32) -> Int32 {
        if connections[place].parked < 0 { connections[place].parked = parked.acquire(parser) }
        return connections[place].parked
    }
}
