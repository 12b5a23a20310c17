internal import Bytes
internal import Sockets
internal import Wire

/// What a connection cannot have at once is kept, and taken up where it was left: answers that the
/// kernel does not take yet, requests that are not complete, and the pieces of a streamed answer.
extension Turns where Links: ~Copyable, Service: ~Copyable {
    // MARK: Answers

    /// Sends what is in the outbox, behind what the connection has not taken yet.
    mutating func sendOutbox(_ slot: UInt32) {
        var sent = 0
        if !states[slot].stage.isHeldUp {
            guard let taken = links[slot].send(writer.outbox.bytes) else {
                states[slot].input = .broken
                writer.removeAll()
                return
            }
            sent = taken
        }
        if sent < writer.outbox.count {
            let buffers = pendingBuffers(slot)
            buffers.hold(writer.outbox.bytes.extracting(sent..<writer.outbox.count))
            pending.settle(states[slot].pending)
            if pending.isFull {
                edge.count(.memory)
                states[slot].input = .broken
            }
            states[slot].apply(.heldUp)
        }
        writer.removeAll()
    }

    /// The kernel takes bytes again: sends the pending rest, then goes on with the connection.
    mutating func sendPending(_ slot: UInt32, _ inbox: inout ByteBuffer) {
        guard let isAllSent = pending[states[slot].pending].send(to: links[slot]) else {
            drop(slot)
            return
        }
        guard isAllSent else { return }
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
    mutating func beginStream(_ stream: any AnswerStream, _ slot: UInt32) {
        states[slot].apply(.streamBegun)
        streams[slot] = stream
    }

    /// Something waits for a connection, or its stream is to end.
    mutating func pump(_ connection: EventToken, _ inbox: inout ByteBuffer) {
        guard links.isCurrent(connection) else { return }
        pump(connection.place, &inbox)
    }

    /// Sends what waits, where the kernel has taken all before, and has the stream go on where it
    /// takes this too.
    mutating func pump(_ slot: UInt32, _ inbox: inout ByteBuffer) {
        // Before its answer has begun, and after it has ended, a stream's pieces go nowhere.
        guard case .streaming(let isHeldUp) = states[slot].stage, let stream = streams[slot]
        else { return }
        let framing = states[slot].context.framing
        if isHeldUp {
            if stream.isOverrun { cut(slot, .streamBacklog) }
            return
        }
        let before = writer.outbox.count
        let progress = stream.drain { piece in
            piece.withBytes { writer.append(piece: $0, framing) }
        }
        if writer.outbox.count > before { deadlines.disarm(slot) }
        switch progress {
        case .goesOn:
            let connection = links.token(of: slot)
            endTurn(slot, &inbox)
            guard links.isCurrent(connection), states[slot].stage == .streaming(isHeldUp: false)
            else { return }
            stream.resume()
        case .ends: endStream(slot, &inbox)
        case .isOverrun: breakStream(slot, .streamBacklog, &inbox)
        case .hasFailed: breakStream(slot, .streamFailed, &inbox)
        }
    }

    /// Ends a streamed answer in such a way that the peer knows that it is not whole: its last chunk
    /// is missing.
    private mutating func breakStream(
        _ slot: UInt32, _ limit: ConnectionLimit, _ inbox: inout ByteBuffer
    ) {
        writer.removeAll()
        exchange.clear(&inbox)
        cut(slot, limit)
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
