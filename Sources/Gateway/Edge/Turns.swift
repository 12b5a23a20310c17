internal import Addresses
internal import Bytes
internal import Ledger
internal import Sockets
internal import Wire

/// The connections of one loop, turn by turn: bytes in, requests begun, answers out, and what each
/// connection waits for next.
///
/// It knows no poller, no listener and no clock: ``EventLoop`` says what has happened and when, and
/// a test can say so without a socket. One thread owns all of it. Bytes come in through the inbox,
/// answers leave through the writer's outbox; both serve one connection at a time.
struct Turns<Links: LinkTable & ~Copyable, Service: LoopService & ~Copyable>: ~Copyable {
    let edge: Edge
    /// Current limits; replaced by ``change(to:)``.
    var limits: Limits
    /// What new connections speak TLS with; nil on a plain listener.
    var tls: TLSContext?

    var links: Links
    /// By slot, as the links are.
    var states: ConnectionStates
    var deadlines: DeadlineQueues
    /// What connections keep between turns.
    var pending: PendingBufferPool
    /// Streamed answers, by slot.
    var streams: [UInt32: any AnswerStream] = [:]
    /// Connections that wait to be read: more were ready than a turn can serve, they had their
    /// share of one and have more to begin, or their operation is held.
    var ready: ReadyQueues
    /// Whether ``ready`` has all connections whose bytes had come when the turn began.
    var knowsAllReady = true
    /// How long what is read lay in the kernel.
    var unread: UnreadMeter
    /// Work since the start, in units of a plain request: what shares of the reading are charged.
    var work = 0
    /// Requests that were handed over and are not answered.
    var inFlight = 0
    /// As many of them are enough: while there are more, no operation that is held is read.
    var enoughInFlight = Int.max
    /// Something beside a crowd was read: the sequencer is not to gather more of that first.
    var endsGathering = false
    /// Nothing is decided now.
    var isHalted = false
    var drain = DrainPhase.serving
    /// Connections beyond the limit.
    var reserved = ReservedConnections()
    /// A connection was closed in this turn: its descriptor is free.
    var hasClosed = false

    var service: Service
    /// The request of the connection in hand, and its answer.
    var exchange: Exchange
    var writer: ResponseWriter

    /// Requests that one connection may begin in one turn of the loop: the others wait too.
    static var requestsPerTurn: Int { 128 }
    /// The same while other connections wait to be read.
    static var requestsPerCrowdedTurn: Int { 16 }
    /// The same on the admin listener, where a request costs more and nobody pipelines.
    static var adminRequestsPerTurn: Int { 8 }

    init(
        _ edge: Edge, limits: Limits, tls: TLSContext?, links: consuming Links,
        service: consuming Service
    ) {
        self.edge = edge
        self.limits = limits
        self.tls = tls
        self.links = links
        self.service = service
        let maximum = limits.slots(edge.kind)
        states = ConnectionStates(capacity: maximum)
        deadlines = DeadlineQueues(
            durationsMilliseconds: Deadline.durations(limits), capacity: maximum)
        pending = PendingBufferPool(maximum: limits.parkedBytes)
        ready = ReadyQueues(
            connections: maximum, shares: LedgerLimits.operations + 1,
            allowancePerSecond: limits.refusedReadsPerSecond ?? ReadyQueues.allowancePerSecond,
            withheld: edge.withheld, lane: edge.lane)
        unread = UnreadMeter(edge.instruments, edge.kind, lane: edge.lane)
        exchange = Exchange(limits: limits.wire(edge.kind))
        writer = ResponseWriter(edge.instruments, edge.kind, lane: edge.lane)
    }

    // MARK: How the loop fares

    var time: LoopTime { writer.time }
    var isDraining: Bool { drain.isDraining }
    var connectionCount: Int { links.count }
    func isOpen(_ connection: EventToken) -> Bool { links.isCurrent(connection) }
    /// Bytes that connections keep between turns, and what of them OpenSSL keeps.
    var pendingBytes: Int { pending.bytes }
    var sessionBytes: Int { pending.sessionBytes }

    /// Milliseconds until something is due, or may be read that waits; nil where nothing is.
    var untilNextDue: UInt64? {
        let read = ready.nextRead.map { ($0 - min($0, time.nanoseconds)) / 1_000_000 }
        let drain = drain.untilNext(now: time.milliseconds)
        guard let left = deadlines.untilNext(now: time.milliseconds) ?? drain ?? read
        else { return nil }
        return min(left, drain ?? left, read ?? left)
    }

    // MARK: What the loop says

    /// A turn of the loop begins.
    mutating func advance(to time: LoopTime) {
        goOn(at: time)
        hasClosed = false
    }

    /// A good part of a turn is over, and it is later.
    mutating func goOn(at time: LoopTime) { writer.advance(to: time) }

    /// Other limits from now on; a request that is half there keeps those it began with.
    mutating func change(to limits: Limits) {
        self.limits = limits
        exchange.change(to: limits.wire(edge.kind))
        deadlines.change(durationsMilliseconds: Deadline.durations(limits), now: time.milliseconds)
        service.apply(.limits(limits))
    }

    /// New connections speak TLS with this.
    mutating func change(to tls: TLSContext?) { self.tls = tls }

    /// The service learns of something.
    mutating func apply(_ message: LoopMessage) {
        if case .halt(let halt) = message { isHalted = halt != nil }
        service.apply(message)
    }

    /// A good part of a turn is over: what was handed over is to be decided.
    mutating func passOn() { service.passOn() }

    // MARK: What has happened

    /// Something happened to a connection.
    /// - Parameter isCrowded: more is ready than a turn can serve: what the connection sends is
    ///   read when it is its share's turn, and not at once.
    mutating func handle(
        _ event: Poller.Event, isCrowded: Bool = false, _ inbox: inout ByteBuffer
    ) {
        guard links.isCurrent(event.token) else { return }
        let slot = event.token.place
        if event.isBroken {
            drop(slot)
            return
        }
        let isReadable =
            event.isReadable || (event.isWritable && links[slot].readsWhenWritable)
        states[slot].input = states[slot].input.afterEvent(
            isReadable: isReadable, hasHungUp: event.hasHungUp)
        if event.isWritable, states[slot].stage.isHeldUp {
            sendPending(slot, &inbox)
        } else if isReadable, isCrowded || isHeld(slot) {
            // What comes behind a request that is not answered yet is looked at with its answer.
            if states[slot].stage.turn != .hold { queue(slot, since: unread.arrivedAt) }
        } else if isReadable {
            serve(slot, &inbox)
        }
        if pending.isFull { relieve(&inbox) }
    }

    /// Writes the answer of an entry as the sequencer decided, then goes on with its connection.
    mutating func answer(_ decided: AnswerEnvelope, _ inbox: inout ByteBuffer) {
        inFlight -= 1
        // One that waited too long has its answer already.
        guard links.isCurrent(decided.connection),
            states[decided.connection.place].stage.isWaiting
        else { return }
        let slot = decided.connection.place
        let isLast = beginDecided(slot)
        service.answer(decided, &writer)
        states[slot].apply(.decided(isLast: isLast))
        resume(slot, &inbox)
        if pending.isFull { relieve(&inbox) }
    }

    /// Writes the answer of the control side.
    mutating func answer(_ answer: ControlAnswer, _ inbox: inout ByteBuffer) {
        inFlight -= 1
        guard links.isCurrent(answer.connection),
            states[answer.connection.place].stage.isWaiting
        else {
            answer.reply.stream?.close()
            return
        }
        let slot = answer.connection.place
        let isLast = beginDecided(slot)
        let fitted = fitted(answer, slot)
        switch service.answer(fitted, &writer) {
        case .answered, .handedOver:
            states[slot].apply(.decided(isLast: isLast))
            resume(slot, &inbox)
        case .streams(let stream):
            beginStream(stream, slot)
            finishTurn(slot, &inbox)
        }
    }

    /// An answer has come. While draining it is the last one, if nothing more was asked.
    /// - Returns: whether it is made the last one here.
    private mutating func beginDecided(_ slot: UInt32) -> Bool {
        let state = states[slot]
        guard case .waiting(_, let isLast) = state.stage else {
            preconditionFailure("an answer is of a connection that waits for one")
        }
        let isMadeLast = drain.isDraining && state.pending < 0 && !state.input.isReadable
        writer.begin(state.context, isLast: isLast || isMadeLast, startedAt: state.startedAt)
        return isMadeLast
    }

    /// Sends the answer, or first begins the requests that have come meanwhile.
    mutating func resume(_ slot: UInt32, _ inbox: inout ByteBuffer) {
        if writer.isFull { sendOutbox(slot) }
        let state = states[slot]
        if state.pending >= 0 || state.input.isReadable {
            proceed(slot, &inbox)
        } else {
            endTurn(slot, &inbox)
        }
    }

    // MARK: A connection's turn

    /// Reads what has come for a connection and begins the requests that are complete, one after
    /// the other, until one must wait for its answer, or bytes are missing, or it has had its share
    /// of this turn.
    /// - Parameter isCrowded: others wait to be read, or may begin to.
    mutating func serve(_ slot: UInt32, isCrowded: Bool, _ inbox: inout ByteBuffer) {
        if !ready.isEmpty { ready.remove(slot) }
        if states[slot].stage == .proxyHeader, !readProxyHeader(slot, &inbox) { return }
        if case .handshake = states[slot].stage, !makeHandshake(slot) {
            endTurn(slot, &inbox)
            return
        }
        if states[slot].stage.turn == .discard {
            discard(slot, &inbox)
            return
        }
        takeUp(slot, &inbox)
        let maximum = requestsAtOnce(isCrowded: isCrowded)
        var begun = 0
        while states[slot].stage.turn == .beginRequests, states[slot].input != .broken {
            if begun == maximum {
                queue(slot, since: time.nanoseconds)
                break
            }
            if exchange.hasRest(inbox), beginRequest(slot, &inbox) {
                begun += 1
                if writer.isFull { sendOutbox(slot) }
            } else if !receive(slot, &inbox) {
                break
            }
        }
        finishTurn(slot, &inbox)
    }

    /// Ends a turn in which a streamed answer may have begun: its events may wait already.
    private mutating func finishTurn(_ slot: UInt32, _ inbox: inout ByteBuffer) {
        if states[slot].stage == .streaming(isHeldUp: false) {
            pump(slot, &inbox)
        } else {
            endTurn(slot, &inbox)
        }
    }

    /// Requests that a connection may begin now, before others are served.
    private func requestsAtOnce(isCrowded: Bool) -> Int {
        if edge.kind == .admin { return Self.adminRequestsPerTurn }
        return isCrowded ? Self.requestsPerCrowdedTurn : Self.requestsPerTurn
    }

    /// The same, by whether others wait now.
    mutating func serve(_ slot: UInt32, _ inbox: inout ByteBuffer) {
        serve(slot, isCrowded: hasReady, &inbox)
    }

    /// Begins the next request of the inbox, if all of it is there.
    /// - Returns: false where bytes are missing.
    private mutating func beginRequest(_ slot: UInt32, _ inbox: inout ByteBuffer) -> Bool {
        switch exchange.parse(&inbox) {
        case .needMore:
            return awaitRest(slot, inbox.bytes.extracting(exchange.start..<inbox.count))
        case .failed(let rejection):
            reject(slot, rejection)
        case .complete:
            begin(slot, inbox.bytes.extracting(exchange.start..<inbox.count))
            exchange.advance()
        }
        return true
    }

    /// A request is whole: has the service answer it, or give it away.
    private mutating func begin(_ slot: UInt32, _ request: RawSpan) {
        deadlines.disarm(slot)
        let isReserved = isReserved(slot)
        if isReserved, !Self.isForHealth(exchange.parser, request) {
            refuseReservedRequest(slot)
            return
        }
        work &+= 1
        states[slot].requests &+= 1
        states[slot].startedAt = time.nanoseconds
        let isOverLimit = Int(states[slot].requests) >= limits.requestsPerConnection
        if isOverLimit { edge.count(.requests) }
        let isLast =
            !exchange.parser.keepAlive || isOverLimit || drain.isDraining || isReserved
        writer.begin(
            ResponseContext(exchange.parser), isLast: isLast, startedAt: time.nanoseconds)
        writer.unreadNanoseconds = unread.record(at: time.nanoseconds)
        switch service.answer(exchange.parser, request, from: source(slot), &writer) {
        case .answered: states[slot].apply(.answered(isLast: writer.isLast))
        case .handedOver:
            inFlight += 1
            states[slot].context = writer.context
            states[slot].apply(.handedOver(isLast: isLast))
        case .streams(let stream):
            states[slot].context = writer.context
            beginStream(stream, slot)
        }
        if states[slot].operation != writer.operation { change(slot, to: writer.operation) }
        cutDisplaced()
    }

    /// A request is not complete: its deadline runs, and its sender may wait for a go-ahead.
    ///
    /// The service sees the head once, when it is complete and before anything of the body is kept.
    /// - Returns: whether it was answered all the same, because its head says enough.
    private mutating func awaitRest(_ slot: UInt32, _ received: RawSpan) -> Bool {
        let isHeadComplete = exchange.parser.isHeadComplete
        let isHeadKnown = states[slot].stage == .reading(.body)
        states[slot].apply(.partCame(isHeadComplete ? .body : .head))
        guard isHeadComplete, !isHeadKnown else { return false }
        if isReserved(slot), !Self.isForHealth(exchange.parser, received) {
            refuseReservedRequest(slot)
            return true
        }
        beginLast(slot)
        let isAnswered = service.answerHead(
            exchange.parser, received, from: source(slot), &writer)
        if isAnswered { states[slot].apply(.answered(isLast: true)) }
        cutDisplaced()
        if isAnswered { return true }
        if exchange.parser.expectsContinue {
            exchange.acknowledgeContinue()
            writer.append100Continue()
        }
        return false
    }

    /// The answer that is written next ends the connection, whatever the request says.
    mutating func beginLast(_ slot: UInt32) {
        states[slot].startedAt = time.nanoseconds
        writer.begin(
            ResponseContext(exchange.parser), isLast: true, startedAt: time.nanoseconds)
    }

    /// The bytes are not a request; after the answer the connection ends.
    mutating func reject(_ slot: UInt32, _ rejection: HTTPRejection) {
        beginLast(slot)
        writer.reject(rejection)
        states[slot].apply(.answered(isLast: true))
    }

    private func source(_ slot: UInt32) -> RequestSource {
        RequestSource(links[slot], token: links.token(of: slot), edge)
    }

    /// Reads once, behind what is in the inbox.
    /// - Returns: whether bytes came.
    mutating func receive(_ slot: UInt32, _ inbox: inout ByteBuffer) -> Bool {
        guard states[slot].input.isReadable else { return false }
        let maximum = exchange.makeRoom(&inbox)
        let result = links[slot].receive(into: &inbox, maximum: maximum)
        // Patterns, not `==`: another module's enumeration is compared by a call of its witness.
        switch result {
        case .received(let count):
            let isEmptied = count < maximum && !links[slot].hasMore
            states[slot].input = states[slot].input.afterRead(result, isEmptied: isEmptied)
            return true
        case .broken where links[slot].hasTooManyHandshakes:
            edge.count(.handshakes)
        case .broken, .finished, .wouldBlock:
            break
        }
        states[slot].input = states[slot].input.afterRead(result, isEmptied: false)
        return false
    }
}
