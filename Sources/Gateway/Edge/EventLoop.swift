internal import Bytes
internal import LockFree
internal import Sockets
internal import Time

/// The thread of one listener: waits for what happens, and has ``Turns`` deal with it.
///
/// A turn: one wait and its events, then what the sequencer has decided, then the connections that
/// wait to be read, then what has taken too long.
///
/// While one wait brings everything that has happened, events are dealt with in their order. Where
/// it brings as many as it can, or connections of the last turn still wait, events are collected,
/// all there are, and connections are read in shares by operation, as many as a turn has time for
/// (``ReadyQueues``). So a flood waits behind itself, before a byte of it is parsed. Connections of
/// an operation that is held always wait there, and are read as its pace allows.
struct EventLoop<Service: LoopService & ~Copyable>: ~Copyable {
    private let shared: Shared
    private let kind: ListenerKind
    /// Of its lane, and of its shard of every counter.
    private let number: Int
    private let lane: WorkerLane
    private var poller: Poller
    private var acceptor: Acceptor
    private var turns: Turns<ConnectionTable, Service>
    private var watch = SequencerWatch()
    private var arrivals = ArrivalEstimate()
    /// Events and answers of the last turn.
    private var handled = 0

    /// Tokens of what is not a connection; the table's slots are all smaller.
    static var listenerSlot: UInt32 { .max }
    private static var bellSlot: UInt32 { .max - 1 }

    /// A loop whose poller watches its listener and its bell.
    /// - Parameters:
    ///   - lane: the number of its lane, and of its shard of every counter.
    ///   - listener: nil where it comes later, by a message.
    /// - Throws: ``SystemError`` where the kernel has no descriptors for it.
    init(
        lane number: Int, _ kind: ListenerKind, _ shared: Shared, service: consuming Service,
        listener: consuming Listener?
    ) throws(SystemError) {
        self.shared = shared
        lane = shared.lanes[number]
        self.kind = kind
        self.number = number
        let edge = Edge(
            kind: kind, lane: number, instruments: shared.instruments,
            addresses: shared.addresses(kind), handshakes: shared.handshakes,
            proxies: shared.proxies, withheld: shared.withheld)
        let limits = shared.limits
        turns = Turns(
            edge, limits: limits, tls: shared.certificates.context(kind),
            links: ConnectionTable(capacity: limits.slots(kind)), service: service)
        let poller = try Poller()
        // Edge-triggered: each ring is an event, and `wokeUp` reads it off.
        try poller.add(
            lane.bell.descriptor, token: EventToken(place: Self.bellSlot, generation: 0))
        acceptor = try Acceptor(listener, watchedBy: poller)
        self.poller = poller
    }

    /// Turns the loop until it has drained.
    mutating func run() {
        var inbox = ByteBuffer(capacity: Exchange.inboxBytes)
        while !hasDrained {
            waitForEvents(&inbox)
            handleAnswers(&inbox)
            serveReady(&inbox)
            turns.expireDeadlines(&inbox)
            continueDraining(&inbox)
            passOn()
            if turns.hasClosed { acceptor.resume(poller) }
            shared.instruments.setParkedBytes(
                turns.pendingBytes, sessions: turns.sessionBytes, lane: number)
        }
        shared.heartbeats.loopEnds(number)
    }

    private var hasDrained: Bool {
        turns.isDraining && !acceptor.isListening && turns.connectionCount == 0
    }

    /// After so many events of a turn, entries move on: what was handed over is decided, what was
    /// decided is answered. So the refusals of one operation's flood do not hold up another's
    /// entries for a whole turn, which can have hundreds of events.
    private static var eventsInARow: Int { 32 }

    /// Waits of one turn that bring as much as they can. What comes behind them is the next turn's.
    private static var maximumHarvests: Int { 64 }

    /// One wait, and what it brought.
    ///
    /// Messages are read before the first request of a turn: a client that has been given a new key
    /// and then sends an entry with it finds the key known.
    private mutating func waitForEvents(_ inbox: inout ByteBuffer) {
        // Whether one that waits may be read goes by the time, and by what was answered.
        if turns.hasWaiting {
            turns.goOn(at: LoopTime.read())
            turns.enoughInFlight = shared.enoughInFlight
            turns.ready.allowancePerSecond = shared.refusedReadsPerSecond
            turns.weighBacklog()
        }
        // A loop that will not sleep need not be woken, at the cost of a system call on both sides.
        let isBusy = lane.hasWork || turns.hasReady
        if !isBusy { lane.bell.prepareToSleep() }
        let left = turns.untilNextDue.map { Int32(clamping: $0 + 1) } ?? -1
        let timeout = isBusy || lane.hasWork ? 0 : left
        let busyUntil = endOfTurn(waits: timeout != 0)
        let count = wait(timeoutMilliseconds: timeout)
        lane.bell.wokeUp()
        let time = LoopTime.read()
        turns.advance(to: time)
        shared.heartbeats.loopTurns(number, at: time.nanoseconds)
        handleMessages(&inbox)
        handled = count
        let arrivedAt = arrivals.arrival(
            at: time.nanoseconds, busyUntil: busyUntil ?? (timeout == 0 ? time.nanoseconds : nil))
        if count == Poller.eventsAtOnce || turns.hasReady {
            collect(count, arrivedAt: arrivedAt, &inbox)
        } else {
            handleInOrder(count, arrivedAt: arrivedAt, &inbox)
        }
    }

    /// When the turn that is over ended, where a wait follows and the turn was so long that bytes
    /// may have come meanwhile: one event in 32 pays for the clock.
    private func endOfTurn(waits: Bool) -> UInt64? {
        waits && handled >= Self.eventsInARow ? SystemClock.monotonicNanoseconds() : nil
    }

    /// Everything that has happened, in its order.
    private mutating func handleInOrder(
        _ count: Int, arrivedAt: UInt64, _ inbox: inout ByteBuffer
    ) {
        record(isComplete: true)
        let harvestedAt = turns.time.nanoseconds
        turns.unread.arrivedAt = arrivedAt
        for index in 0..<count {
            if index > 0, index % Self.eventsInARow == 0 {
                moveOn(&inbox)
                // What is read from here on has waited for what was read before.
                turns.unread.arrivedAt = min(arrivedAt, harvestedAt)
            }
            let event = poller.event(index)
            switch event.token.place {
            case Self.bellSlot: break  // what it rang for is read in any case
            case Self.listenerSlot: accept(atMost: Acceptor.acceptedPerTurn, &inbox)
            default: turns.handle(event, &inbox)
            }
        }
        turns.unread.arrivedAt = UnreadMeter.unwaited
    }

    /// Everything that has happened, with further waits where one does not bring all of it; what
    /// connections have sent is read in turns, later.
    private mutating func collect(
        _ first: Int, arrivedAt: UInt64, _ inbox: inout ByteBuffer
    ) {
        turns.unread.arrivedAt = arrivedAt
        var count = first
        var harvests = 1
        var hasNewcomers = false
        while true {
            for index in 0..<count {
                let event = poller.event(index)
                switch event.token.place {
                case Self.bellSlot: break  // what it rang for is read in any case
                case Self.listenerSlot: hasNewcomers = true
                default: turns.handle(event, isCrowded: true, &inbox)
                }
            }
            guard count == Poller.eventsAtOnce, harvests < Self.maximumHarvests else { break }
            count = poller.wait(timeoutMilliseconds: 0)
            harvests += 1
        }
        turns.unread.arrivedAt = UnreadMeter.unwaited
        record(isComplete: count < Poller.eventsAtOnce)
        if hasNewcomers { accept(atMost: turns.acceptedPerCrowdedTurn, &inbox) }
    }

    private mutating func record(isComplete: Bool) {
        arrivals.record(at: turns.time.nanoseconds, isComplete: isComplete)
        turns.knowsAllReady = isComplete
    }

    /// Reads connections that wait, as many as a turn has time for.
    private mutating func serveReady(_ inbox: inout ByteBuffer) {
        guard turns.hasWaiting else { return }
        turns.weighBacklog()
        for part in 0..<2 where turns.hasReady {
            if part > 0 { moveOn(&inbox) }
            turns.serveReady(units: ReadyQueues.unitsPerTurn / 2, &inbox)
        }
    }

    /// A part of a turn is over: entries move on, and it is later.
    private mutating func moveOn(_ inbox: inout ByteBuffer) {
        turns.unread.arrivedAt = UnreadMeter.unwaited
        handleAnswers(&inbox)
        passOn()
        turns.goOn(at: LoopTime.read())
    }

    /// What was handed over is to be decided.
    private mutating func passOn() {
        turns.passOn()
        if turns.endsGathering {
            turns.endsGathering = false
            shared.endGathering()
        }
    }

    /// Waits for events. Where the sequencer gathers, the last loop that has nothing more to bring
    /// says so first: nobody waits for time to pass on an idle machine.
    private mutating func wait(timeoutMilliseconds timeout: Int32) -> Int {
        if timeout != 0, kind == .public, shared.gatheringBell.isAwaited {
            let count = poller.wait(timeoutMilliseconds: 0)
            if count > 0 { return count }
            if shared.workersAreIdle { shared.gatheringBell.ring() }
        }
        return poller.wait(timeoutMilliseconds: timeout)
    }

    // MARK: Connections

    private mutating func accept(atMost maximum: Int, _ inbox: inout ByteBuffer) {
        for _ in 0..<maximum {
            switch acceptor.accept(poller) {
            case .accepted(let descriptor, let peer): admit(descriptor, peer, &inbox)
            case .gone: continue
            case .nothingWaits: return
            case .outOfDescriptors:
                shared.instruments.count(.descriptors, kind, lane: number)
                return
            }
        }
    }

    private mutating func admit(
        _ descriptor: Int32, _ peer: SocketAddress, _ inbox: inout ByteBuffer
    ) {
        let isReserved: Bool
        switch turns.admit(peer.octets, &inbox) {
        case .admitted: isReserved = false
        case .reserved: isReserved = true
        case .refused(let refusal):
            Acceptor.refuse(descriptor, refusal, kind)
            return
        }
        guard let connection = turns.begin(descriptor, peer, isReserved: isReserved) else {
            turns.withdraw(peer.octets, isReserved: isReserved)
            Acceptor.refuse(descriptor, turns.refuse(.connections), kind)
            return
        }
        // Where there was no memory for its session, it is closed again.
        guard turns.isOpen(connection) else { return }
        do {
            try poller.add(descriptor, token: connection)
        } catch {
            // The kernel has no memory to watch it: it cannot be served.
            turns.drop(connection.place)
        }
    }

    // MARK: Messages and answers

    private mutating func handleMessages(_ inbox: inout ByteBuffer) {
        for message in lane.drainMessages() {
            switch message {
            case .operation, .key, .permit, .retired, .halt, .files, .status, .ruleset:
                turns.apply(message)
            case .answer(let answer): turns.answer(answer, &inbox)
            case .stream(let connection): turns.pump(connection, &inbox)
            case .limits(let limits): turns.change(to: limits)
            case .certificates: turns.change(to: shared.certificates.context(kind))
            case .listen(let listener): listen(listener.receive())
            case .drain: turns.beginDraining(&inbox)
            case .ping(let sent):
                let now = turns.time.nanoseconds
                shared.instruments.recordLoopLag(
                    nanoseconds: now &- min(sent, now), lane: number)
                // Ten times a second: descriptors may have been another loop's.
                acceptor.resume(poller)
                turns.unread.flush()
                watchSequencer(&inbox)
            }
        }
    }

    /// Begins to take connections; a loop that ends closes the listener.
    private mutating func listen(_ listener: consuming Listener) {
        guard !turns.isDraining else { return }
        do {
            try acceptor.listen(listener, watchedBy: poller)
        } catch {
            shared.giveUp("cannot watch the public listener; ending the process: \(error)")
        }
    }

    /// Sends what the sequencer has decided, for as many connections as there are answers.
    private mutating func handleAnswers(_ inbox: inout ByteBuffer) {
        var answers = 0
        _ = lane.answers.drain { record in
            // Each is told how long it took: they are not all of the time when the first one left.
            if answers > 0, answers % Self.eventsInARow == 0 { turns.goOn(at: LoopTime.read()) }
            answers += 1
            turns.answer(record.envelope(as: AnswerEnvelope.self), &inbox)
            return true
        }
        handled += answers
    }

    /// Where the sequencer hangs, or must not decide, new entries are refused at once, and those
    /// that have waited for too long are answered that their outcome is not known.
    private mutating func watchSequencer(_ inbox: inout ByteBuffer) {
        let now = turns.time.nanoseconds
        let limit = UInt64(turns.limits.answerSeconds) * 1_000_000_000
        let beat = shared.heartbeats.sequencerBeat
        watch.look(beat, at: now)
        let isSilent = watch.silence >= limit
        let isUnsure = shared.health.clock == .unconfirmed
        turns.apply(.halt(isSilent ? .silence(beat: beat) : isUnsure ? .clock : nil))
        if isSilent { turns.abandonWaiting(since: now - min(limit, now), &inbox) }
    }

    private mutating func continueDraining(_ inbox: inout ByteBuffer) {
        guard turns.continueDraining() else { return }
        // A queue of our own ends with us: what waits there is still served. An inherited one goes
        // on to live, and what waits there is for the next process.
        if !acceptor.isInherited { accept(atMost: Int(Listener.backlog), &inbox) }
        acceptor.stop(poller)
    }
}
