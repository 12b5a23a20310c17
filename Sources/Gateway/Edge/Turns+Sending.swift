internal import Addresses
internal import Bytes
internal import Sockets
internal import Wire

/// What a connection cannot have at once is kept, and taken up where it was left: answers that the
/// kernel does not take yet, requests that are not complete, and the pieces of a streamed answer.
/// With what OpenSSL keeps for handshakes and records that are not complete, all of it together has
/// a limit for each loop (`limits.parked_bytes`); those that hold the most give way.
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
    /// problem in its place. One that is begun is cut only where room runs short and its reader
    /// holds the most of it (``relieve(_:)``), or more than the new one's would.
    mutating func fitted(_ answer: ControlAnswer, _ slot: UInt32) -> ControlAnswer {
        guard case .content(let content) = answer.reply, !states[slot].context.isHead,
            content.body.count > ResponseWriter.outboxBytes
        else { return answer }
        let needed = content.body.count + 2 * ResponseWriter.outboxBytes
        if makeRoom(for: needed, slot) { return answer }
        edge.count(.memory)
        let problem: Problem =
            pending.couldHold(needed)
            ? .noRoomForAnswer(toChange: states[slot].context.isChange)
            : .answerTooLarge(content.body.count, maximum: limits.parkedBytes)
        return ControlAnswer(
            connection: answer.connection, route: answer.route, reply: .problem(problem))
    }

    /// Whether so much can be kept for a connection, after those have been cut that keep answers
    /// from it by holding more.
    private mutating func makeRoom(for needed: Int, _ slot: UInt32) -> Bool {
        if pending.shortage(for: needed) <= 0 { return true }
        pending.freeUnused()
        let shortage = pending.shortage(for: needed)
        guard shortage > 0, pending.couldHold(needed) else { return shortage <= 0 }
        // Those that wait for their reader alone: none of them is in hand.
        let unread = holders.filter { states[$0.slot].stage.isHeldUp }
        let newcomer = holder(slot, bytes: needed)
        for slot in GreediestFirst.choose(from: unread, for: newcomer, wanted: shortage) {
            cut(slot, .memory)
        }
        return pending.shortage(for: needed) <= 0
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
            proceed(slot, &inbox)
        }
    }

    // MARK: Requests

    /// Keeps what was received of requests that cannot be begun yet. Where there is no room for
    /// it, ``relieve(_:)`` makes some behind the turn.
    mutating func keepRest(_ slot: UInt32, _ inbox: inout ByteBuffer) {
        exchange.keep(&inbox, in: pendingBuffers(slot))
        pending.settle(states[slot].pending)
    }

    /// Forgets what came behind a request that another thread has: its answer is the last.
    mutating func forgetRest(_ slot: UInt32) {
        let number = states[slot].pending
        if number >= 0 {
            let buffers = pending[number]
            buffers.forgetReceived()
            pending.settle(number)
            if buffers.isEmpty { releasePendingBuffers(slot) }
        }
        states[slot].apply(.foundNoRoom)
    }

    /// Refuses a request that is not complete, and whose part takes too much room.
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

    // MARK: The memory for all of it

    /// Counts what OpenSSL keeps for a connection now.
    mutating func settleSession(_ slot: UInt32) {
        let before = Int(states[slot].sessionBytes)
        let now = links[slot].sessionBytes
        if now == before { return }
        pending.settleSession(before, now)
        states[slot].sessionBytes = UInt32(clamping: now)
    }

    /// Ends connections until no more is kept than may be. Between turns alone: none is in hand.
    mutating func relieve(_ inbox: inout ByteBuffer) {
        guard pending.isFull else { return }
        pending.freeUnused()
        guard pending.isFull else { return }
        for slot in GreediestFirst.choose(from: holders, wanted: pending.excess) {
            end(slot, &inbox)
        }
    }

    private var holders: [GreediestFirst.Holder] {
        links.openPlaces.compactMap { slot in
            let state = states[slot]
            var bytes = Int(state.sessionBytes)
            if state.pending >= 0 { bytes += pending.heldBytes(state.pending) }
            return bytes == 0 ? nil : holder(slot, bytes: bytes)
        }
    }

    private func holder(_ slot: UInt32, bytes: Int) -> GreediestFirst.Holder {
        let peer = links[slot].peer
        let speaksForMany = peer.isLoopback || edge.proxies.contains(peer)
        return GreediestFirst.Holder(
            slot: slot, address: speaksForMany ? nil : peer.subscriber,
            token: service.tokenHolder(of: slot), bytes: bytes,
            waitsSince: deadlines.armed(slot) ?? time.milliseconds)
    }

    /// Has a connection give back what it keeps: half a request is refused, what came behind one
    /// that is not answered yet is forgotten, anything else ends.
    private mutating func end(_ slot: UInt32, _ inbox: inout ByteBuffer) {
        switch states[slot].stage {
        case .handshake, .proxyHeader:
            edge.count(HandshakeResult.noRoom)
            drop(slot)
        case .reading, .idle:
            edge.count(.memory)
            let connection = links.token(of: slot)
            takeUp(slot, &inbox)
            refusePart(slot, &inbox)
            // What OpenSSL keeps of a record it keeps until the session ends.
            if links.isCurrent(connection), states[slot].sessionBytes > 0 { drop(slot) }
        case .waiting(isHeldUp: false, _):
            edge.count(.memory)
            forgetRest(slot)
        case .waiting(isHeldUp: true, _), .writing, .streaming, .closing, .lingering:
            cut(slot, .memory)
        }
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

    /// Ends a streamed answer in such a way that the peer knows that it is not whole: its last
    /// chunk is missing.
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
