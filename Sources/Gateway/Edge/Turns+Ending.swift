internal import Bytes
internal import Sockets
internal import Wire

/// How turns and connections end: by us, by the peer, by a deadline, by a drain.
extension Turns where Links: ~Copyable, Service: ~Copyable {
    // MARK: The end of a turn

    /// Sends what was answered, keeps what must wait, and arms the deadline of what is next.
    mutating func endTurn(_ slot: UInt32, _ inbox: inout ByteBuffer) {
        if !writer.isEmpty { sendOutbox(slot) }
        if links[slot].isSecured || states[slot].sessionBytes > 0 { settleSession(slot) }
        let hasRest = exchange.hasRest(inbox)
        switch states[slot].stage.turnEnd(states[slot].input, hasRest: hasRest) {
        case .drop:
            drop(slot)
        case .linger:
            exchange.clear(&inbox)
            linger(slot, &inbox)
            return
        case .keep:
            keepRest(slot, &inbox)
            settleDeadline(slot)
        case .rest:
            // Part of a TLS record is part of a request, and has a request's deadline.
            if states[slot].stage == .idle, !drain.isDraining, links[slot].hasPartialRecord {
                states[slot].apply(.partCame(.head))
            }
            // What a peer sends during a stream says only whether it is still there.
            if states[slot].stage.isStreaming, states[slot].input.isReadable {
                queue(slot, since: time.nanoseconds)
            }
            settleDeadline(slot)
        }
        exchange.clear(&inbox)
    }

    /// Arms the deadline of what the connection waits for, unless it runs already.
    mutating func settleDeadline(_ slot: UInt32) {
        var wanted = states[slot].stage.deadline(
            isDraining: drain.isDraining, isUnauthenticated: service.isUnauthenticated(slot))
        // The next piece of a long answer always comes, or that there is none.
        if case .stream? = wanted, streams[slot]?.isFinite == true { wanted = nil }
        guard deadlines.kind(of: slot) != wanted?.rawValue else { return }
        if let wanted {
            deadlines.arm(slot, kind: wanted.rawValue, now: time.milliseconds)
        } else {
            deadlines.disarm(slot)
        }
    }

    /// Our last byte is sent: says so, and waits a little for the peer to end as well. Closing at
    /// once, with bytes of the peer unread, would reset the connection and could take our answer
    /// back out of the peer's hands (RFC 9112, 9.6).
    private mutating func linger(_ slot: UInt32, _ inbox: inout ByteBuffer) {
        links[slot].finishSending()
        states[slot].apply(.ended)
        settleDeadline(slot)
        discard(slot, &inbox)
    }

    /// Throws away what still comes, within a bound for each turn.
    mutating func discard(_ slot: UInt32, _ inbox: inout ByteBuffer) {
        for _ in 0..<4 {
            exchange.clear(&inbox)
            guard receive(slot, &inbox) else { break }
        }
        exchange.clear(&inbox)
        let state = states[slot]
        if state.stage.turnEnd(state.input, hasRest: false) == .drop {
            drop(slot)
        } else if state.input.isReadable {
            queue(slot, since: time.nanoseconds)
        }
    }

    /// Closes a connection and forgets all about it.
    mutating func drop(_ slot: UInt32) {
        let state = states[slot]
        if !ready.isEmpty { ready.remove(slot) }
        edge.addresses.release(
            state.stage == .proxyHeader ? nil : links[slot].peer,
            isReserved: !reserved.isEmpty && reserved.remove(links.token(of: slot)))
        if state.pending >= 0 { pending.release(state.pending) }
        states[slot].pending = -1
        if state.sessionBytes > 0 { pending.settleSession(Int(state.sessionBytes), 0) }
        states[slot].sessionBytes = 0
        if !streams.isEmpty { streams.removeValue(forKey: slot)?.close() }
        deadlines.disarm(slot)
        service.end(slot)
        links.close(slot)
        hasClosed = true
        edge.instruments.setConnections(links.count, lane: edge.lane)
    }

    // MARK: Deadlines

    /// Ends what has taken too long.
    mutating func expireDeadlines(_ inbox: inout ByteBuffer) {
        while let expired = deadlines.popExpired(now: time.milliseconds) {
            let slot = expired.place
            let deadline = Deadline(rawValue: expired.kind)
            if deadline?.isForReading == true, isInTime(slot, expired.kind, &inbox) { continue }
            switch deadline {
            case .head: endLateHead(slot, &inbox)
            case .body: endLate(slot, .bodyTimeout, &inbox)
            case .token: endUnauthenticated(slot, &inbox)
            case .leave: endSilent(slot, &inbox)
            case .idle: cut(slot, .idle)
            case .write: cut(slot, .write)
            case .linger: cut(slot, .linger)
            case .stream:
                edge.count(.streamSilent)
                endStream(slot, &inbox)
            case nil: drop(slot)
            }
        }
        relieve(&inbox)
    }

    /// A peer is late by what has been read of it. Where bytes of its wait unread, they came before
    /// the deadline: they are read first, and it is late only where that changes nothing.
    /// - Returns: whether the deadline is of no matter any more.
    private mutating func isInTime(
        _ slot: UInt32, _ kind: Int, _ inbox: inout ByteBuffer
    ) -> Bool {
        guard knowsAllReady else {
            // What it has sent may not even be known of.
            deadlines.arm(slot, kind: kind, now: time.milliseconds)
            return true
        }
        guard ready.contains(slot) else { return false }
        let connection = links.token(of: slot)
        let requests = states[slot].requests
        serve(slot, &inbox)
        guard links.isCurrent(connection) else { return true }
        return states[slot].requests != requests || deadlines.kind(of: slot) != kind
    }

    /// Ends a connection because of a limit.
    mutating func cut(_ slot: UInt32, _ limit: ConnectionLimit) {
        edge.count(limit)
        drop(slot)
    }

    private mutating func endLateHead(_ slot: UInt32, _ inbox: inout ByteBuffer) {
        switch states[slot].stage {
        case .proxyHeader:
            edge.count(ProxyRefusal.late)
            drop(slot)
        case .handshake:
            edge.count(HandshakeResult.timedOut)
            drop(slot)
        default: endLate(slot, .headTimeout, &inbox)
        }
    }

    /// A connection has shown no token in time.
    private mutating func endUnauthenticated(_ slot: UInt32, _ inbox: inout ByteBuffer) {
        if states[slot].stage == .idle {
            cut(slot, .unauthenticated)
        } else {
            endLateHead(slot, &inbox)
        }
    }

    /// Part of a request came, and the rest took too long.
    private mutating func endLate(
        _ slot: UInt32, _ rejection: HTTPRejection, _ inbox: inout ByteBuffer
    ) {
        takeUp(slot, &inbox)
        reject(slot, rejection)
        endTurn(slot, &inbox)
    }

    // MARK: What takes too long elsewhere

    /// Answers every entry, and every change by an operator, that another thread has had since then
    /// or longer. Its connection ends with that: a late decision must not meet a later request.
    /// O(connections).
    mutating func abandonWaiting(since nanoseconds: UInt64, _ inbox: inout ByteBuffer) {
        for slot in links.openPlaces {
            let state = states[slot]
            guard state.stage.isWaiting, state.context.isChange, state.startedAt <= nanoseconds
            else { continue }
            writer.begin(state.context, isLast: true, startedAt: state.startedAt)
            service.answerUnknown(&writer)
            states[slot].apply(.decided(isLast: true))
            resume(slot, &inbox)
        }
    }

    // MARK: Draining

    /// Begins the notice. Each connection has the deadline of one that may leave; a stream of
    /// events ends as a whole answer does, and a long answer has the time of the drain.
    mutating func beginDraining(_ inbox: inout ByteBuffer) {
        drain.begin(limits, now: time.milliseconds)
        ready.readAll()
        for slot in links.openPlaces {
            switch states[slot].stage {
            case .streaming:
                if streams[slot]?.isFinite == false { endStream(slot, &inbox) }
            case .proxyHeader, .idle, .handshake, .lingering: settleDeadline(slot)
            case .reading, .waiting, .writing, .closing: continue
            }
        }
    }

    /// A connection was silent for as long as the notice is: looks once more, and closes it.
    private mutating func endSilent(_ slot: UInt32, _ inbox: inout ByteBuffer) {
        if states[slot].stage == .lingering {
            drop(slot)
            return
        }
        let connection = links.token(of: slot)
        states[slot].input = states[slot].input.afterEvent(
            isReadable: true, hasHungUp: false)
        serve(slot, &inbox)
        guard links.isCurrent(connection) else { return }
        switch states[slot].stage {
        case .idle, .handshake(isBegun: false): drop(slot)
        default: return
        }
    }

    /// Goes on with a drain; what is left when its time is over is cut.
    /// - Returns: whether the loop stops listening now.
    mutating func continueDraining() -> Bool {
        var stopsListening = false
        while let action = drain.advance(to: time.milliseconds, connections: links.count) {
            switch action {
            case .stopListening: stopsListening = true
            case .cutAll: for slot in links.openPlaces { drop(slot) }
            }
        }
        return stopsListening
    }
}
