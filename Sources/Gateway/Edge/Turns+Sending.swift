internal import Bytes
internal import Sockets
internal import Wire

/// What a connection cannot have at once is kept, and taken up where it was left: answers that the
/// kernel does not take yet, requests that are not complete, and the events of a streamed answer.
extension Turns where Links: ~Copyable, Service: ~Copyable {
    // MARK: Answers

    /// Sends what is in the outbox, behind what the connection has not taken yet.
    mutating func sendOutbox(_ slot: UInt32) {
        var sent = 0
        var sentOfLong = 0
        let longBody = writer.longBody
        if !states[slot].stage.isHeldUp {
            guard let taken = links[slot].send(writer.outbox.bytes) else {
                breakOff(slot)
                return
            }
            sent = taken
            if sent == writer.outbox.count, !longBody.isEmpty {
                guard let taken = longBody.send(to: links[slot], from: 0) else {
                    breakOff(slot)
                    return
                }
                sentOfLong = taken
            }
        }
        if sent < writer.outbox.count || sentOfLong < longBody.count {
            let buffers = pendingBuffers(slot)
            buffers.hold(writer.outbox.bytes.extracting(sent..<writer.outbox.count))
            buffers.hold(long: longBody, sent: sentOfLong)
            pending.settle(states[slot].pending)
            if pending.isFull {
                edge.count(.memory)
                states[slot].input = .broken
            }
            states[slot].apply(.heldUp)
        }
        writer.removeAll()
    }

    /// The peer is gone: what was written for it is of no use.
    private mutating func breakOff(_ slot: UInt32) {
        states[slot].input = .broken
        writer.removeAll()
    }

    /// The answer, where there is room to keep what the peer does not take of it at once; else a
    /// problem in its place. An answer that is begun is never cut for lack of room.
    func fitted(_ answer: ControlAnswer, _ slot: UInt32) -> ControlAnswer {
        guard case .content(let content) = answer.reply, !states[slot].context.isHead,
            content.body.count > ResponseWriter.outboxBytes
        else { return answer }
        let needed = content.body.count + 2 * ResponseWriter.outboxBytes
        if pending.hasRoom(for: needed) { return answer }
        edge.count(.memory)
        let problem: Problem =
            pending.couldHold(needed)
            ? .noRoomForAnswer(toChange: states[slot].context.isChange)
            : .answerTooLarge(content.body.count, maximum: limits.parkedBytes)
        return ControlAnswer(
            connection: answer.connection, route: answer.route, reply: .problem(problem))
    }

    /// Bytes that a peer must take of an answer within `limits.write_seconds`, where it does not
    /// take all: who reads on has the time anew, and who trickles does not.
    private static var progressBytes: Int { 64 << 10 }

    /// The kernel takes bytes again: sends the pending rest, then goes on with the connection.
    mutating func sendPending(_ slot: UInt32, _ inbox: inout ByteBuffer) {
        guard let isAllSent = pending[states[slot].pending].send(to: links[slot]) else {
            drop(slot)
            return
        }
        guard isAllSent else {
            if pending[states[slot].pending].hasProgressed(by: Self.progressBytes) {
                deadlines.disarm(slot)
                settleDeadline(slot)
            }
            return
        }
        pending.settle(states[slot].pending)
        deadlines.disarm(slot)
        states[slot].apply(.released)
        if states[slot].stage.isStreaming {
            pump(slot, &inbox)
        } else {
            serve(slot, &inbox)
        }
    }

    // MARK: Requests

    /// Keeps what was received of requests that cannot be begun yet.
    /// - Returns: false where there is no room for it: nothing is kept, and the connection's next
    ///   answer is its last.
    mutating func keepRest(_ slot: UInt32, _ inbox: inout ByteBuffer) -> Bool {
        let buffers = pendingBuffers(slot)
        exchange.keep(&inbox, in: buffers)
        let number = states[slot].pending
        pending.settle(number)
        guard pending.isFull else { return true }
        edge.count(.memory)
        buffers.forgetReceived()
        pending.settle(number)
        if buffers.isEmpty { releasePendingBuffers(slot) }
        return false
    }

    /// Refuses a request that is not complete, and finds no room to wait for its rest.
    mutating func refusePart(_ slot: UInt32, _ inbox: inout ByteBuffer) {
        beginLast(slot)
        writer.problem(.malformed, .overloaded)
        states[slot].apply(.answered(isLast: true))
        // What was received is forgotten, so this ends the connection.
        exchange.clear(&inbox)
        endTurn(slot, &inbox)
    }

    /// Takes up what was kept, and releases the buffers where nothing is left in them.
    mutating func takeUp(_ slot: UInt32, _ inbox: inout ByteBuffer) {
        let number = states[slot].pending
        guard number >= 0 else { return }
        let buffers = pending[number]
        exchange.resume(&inbox, from: buffers)
        if buffers.isEmpty { releasePendingBuffers(slot) } else { pending.settle(number) }
    }

    private mutating func releasePendingBuffers(_ slot: UInt32) {
        pending.release(states[slot].pending)
        states[slot].pending = -1
    }

    private mutating func pendingBuffers(_ slot: UInt32) -> PendingBuffers {
        if states[slot].pending < 0 {
            states[slot].pending = exchange.acquire(from: &pending)
        }
        return pending[states[slot].pending]
    }

    // MARK: Streams

    /// The head of a streamed answer is written.
    mutating func beginStream(_ stream: EventStream, _ slot: UInt32) {
        states[slot].apply(.streamBegun)
        streams[slot] = stream
    }

    /// Events wait for a connection, or its stream is to end.
    mutating func pump(_ connection: EventToken, _ inbox: inout ByteBuffer) {
        guard links.isCurrent(connection) else { return }
        pump(connection.place, &inbox)
    }

    /// Sends the events that wait, as far as the kernel has taken those before.
    mutating func pump(_ slot: UInt32, _ inbox: inout ByteBuffer) {
        // Before its answer has begun, and after it has ended, a stream's events go nowhere.
        guard case .streaming(let isHeldUp) = states[slot].stage, let stream = streams[slot]
        else { return }
        let framing = states[slot].context.framing
        if isHeldUp {
            if stream.isOverrun { cut(slot, .streamBacklog) }
            return
        }
        let before = writer.outbox.count
        let progress = stream.drain { event in
            event.withBytes { writer.append(piece: $0, framing) }
        }
        if writer.outbox.count > before { deadlines.disarm(slot) }
        switch progress {
        case .goesOn: endTurn(slot, &inbox)
        case .ends: endStream(slot, &inbox)
        case .isOverrun:
            writer.removeAll()
            exchange.clear(&inbox)
            cut(slot, .streamBacklog)
        }
    }

    /// Ends a streamed answer in such a way that the peer knows that it is whole.
    mutating func endStream(_ slot: UInt32, _ inbox: inout ByteBuffer) {
        writer.endStream(states[slot].context.framing)
        streams.removeValue(forKey: slot)?.close()
        // What ends it goes behind what is held up.
        if states[slot].stage.isHeldUp, !writer.isEmpty { sendOutbox(slot) }
        states[slot].apply(.streamEnded)
        endTurn(slot, &inbox)
    }
}
