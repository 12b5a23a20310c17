internal import Bytes
internal import Cryptography
internal import LockFree
internal import Sockets
internal import Wire

/// One event loop: a listener, its connections, and everything that happens to their requests
/// before the sequencer decides and after it has decided.
///
/// One thread owns all of it. Bytes come in through the inbox, answers leave through the outbox;
/// both serve one connection at a time, and what a connection must keep until its next event (half
/// a request, half an answer) is parked. Read on in `Worker+Turns`, then `Worker+Requests`.
///
/// The inbox is not a field but a variable of ``run()``: spans of it are alive while fields change,
/// and the compiler holds the span of a field against the whole of the field's owner.
struct Worker: ~Copyable {
    /// The number of this worker's lane and of its shard of every counter.
    let number: Int
    let kind: ListenerKind
    let shared: Shared
    /// Of `shared`: counted in for each answer.
    let instruments: Instruments
    let control: Control
    let lane: WorkerLane
    /// Those in force; a letter brings others.
    var limits: Limits
    /// What of them the parser is held to.
    var wireLimits: HTTPLimits

    var poller: Poller
    /// Nil once the worker takes no connections any more.
    var listener: Listener?
    var connections: ConnectionTable
    var deadlines: DeadlineQueues
    /// What new connections speak TLS with; nil on a plain listener.
    var tls: TLSContext?
    /// Accepting pauses while there are no descriptors left.
    var isAcceptPaused = false
    /// What connections keep between events.
    var parked: PendingBufferPool

    /// Where the next request of the connection in hand begins in the inbox.
    var requestStart = 0
    var parser: RequestParser
    var outbox = ByteBuffer(capacity: 64 << 10)
    /// The body of the answer in hand, and its fields beside the usual ones.
    var body = ByteBuffer(capacity: 16 << 10)
    var extra = HeaderLines()
    /// The entry in hand, as it goes into the ring.
    var record = ByteBuffer(capacity: 16 << 10)
    /// A participant that was written with escapes, decoded; and a consent, one at a time.
    var participantText = ByteBuffer(capacity: 1 << 10)
    var scratch = ByteBuffer(capacity: 1 << 10)
    var document = JSONDocument(nodeCapacity: 256)

    var directory = Directory()
    var recentKeys = RecentKeys()
    var digester = SHA256()
    var fingerprints = KeyedHasher()
    var sealer = Sealer()
    var clock = LoopClock()
    var writtenTime = WrittenTime()

    /// Entries were handed over in this turn; the sequencer is woken at its end.
    var hasHandedOver = false
    var isDraining = false
    /// Connections that had their share of the last turn, and have more to begin.
    var again: [EventToken] = []
    /// Until when a drain goes on accepting, and when it cuts what is left, in milliseconds of the
    /// monotonic clock.
    var noticeUntil: UInt64 = .max
    var drainUntil: UInt64 = .max

    /// Bytes read at once; an entry's head and body together are less.
    static var inboxBytes: Int { 64 << 10 }
    /// Bytes of answers that are gathered for one connection before they are sent.
    static var outboxBytes: Int { 64 << 10 }
    /// Parked bytes up to which copying is cheaper than giving a buffer away.
    static var copiedBytes: Int { 16 << 10 }
    /// Requests that one connection may begin in one turn of the loop: the others wait too.
    static var requestsATurn: Int { 128 }
    /// Connections accepted in one turn of the loop.
    static var acceptedATurn: Int { 64 }
    /// Tokens of what is not a connection; the table's places are all smaller.
    static var listenerPlace: UInt32 { .max }
    static var bellPlace: UInt32 { .max - 1 }

    /// A worker whose poller watches its listener and its bell.
    /// - Throws: ``SystemError`` where the kernel has no descriptors for it.
    static func make(
        number: Int, kind: ListenerKind, shared: Shared, control: Control,
        listener: consuming Listener
    ) throws(SystemError) -> Worker {
        let poller = try Poller()
        try poller.addLevelTriggered(
            listener.descriptor, token: EventToken(place: listenerPlace, generation: 0))
        // Edge-triggered: each ring is an event, and `wokeUp` reads it off.
        try poller.add(
            shared.lanes[number].bell.descriptor,
            token: EventToken(place: bellPlace, generation: 0))
        return Worker(number, kind, shared, control, listener, poller)
    }

    private init(
        _ number: Int, _ kind: ListenerKind, _ shared: Shared, _ control: Control,
        _ listener: consuming Listener, _ poller: consuming Poller
    ) {
        self.number = number
        self.kind = kind
        self.shared = shared
        instruments = shared.instruments
        self.control = control
        lane = shared.lanes[number]
        limits = shared.limits
        let maximum = limits.connections(kind)
        connections = ConnectionTable(capacity: maximum)
        deadlines = DeadlineQueues(
            durationsMilliseconds: Deadline.durations(limits), capacity: maximum)
        parked = PendingBufferPool(maximum: limits.parkedBytes)
        wireLimits = limits.wire(kind)
        parser = RequestParser(limits: wireLimits)
        tls = shared.certificates.context(kind)
        self.poller = poller
        self.listener = consume listener
    }

    /// Turns the loop until it has drained.
    mutating func run() {
        var inbox = ByteBuffer(capacity: Self.inboxBytes)
        while !hasDrained {
            waitForEvents(&inbox)
            handleAnswers(&inbox)
            serveAgain(&inbox)
            expireDeadlines(&inbox)
            if isDraining { continueDraining() }
            passOn()
            instruments.setParkedBytes(parked.bytes, lane: number)
        }
        shared.heartbeats.loopEnds(number)
    }

    /// Has what was handed over decided.
    private mutating func passOn() {
        guard hasHandedOver else { return }
        hasHandedOver = false
        shared.sequencerBell.ring()
    }

    /// After so many events of a turn, entries move on: what was handed over is decided, what was
    /// decided is answered. So the refusals of one operation's flood do not hold up another's
    /// entries for a whole turn, which can have hundreds of events.
    private static var eventsInARow: Int { 32 }

    /// One wait, and what it brought.
    ///
    /// Letters are read before the first request of a turn: whoever has been told of a new key and
    /// then sends an entry with it finds the key known.
    private mutating func waitForEvents(_ inbox: inout ByteBuffer) {
        // Who will not sleep need not be woken: that would cost a system call on both sides.
        let isBusy = lane.hasWork || !again.isEmpty
        if !isBusy { lane.bell.prepareToSleep() }
        let timeout = isBusy || lane.hasWork ? 0 : untilNextDeadline
        let count = poller.wait(timeoutMilliseconds: timeout)
        lane.bell.wokeUp()
        clock.advance()
        shared.heartbeats.loopTurns(number, at: clock.nanoseconds)
        handleMessages(&inbox)
        for index in 0..<count {
            if index > 0, index % Self.eventsInARow == 0 {
                handleAnswers(&inbox)
                passOn()
            }
            let event = poller.event(index)
            switch event.token.place {
            case Self.bellPlace: break  // what it rang for is read in any case
            case Self.listenerPlace: acceptConnections()
            default: handle(event, &inbox)
            }
        }
    }

    private var untilNextDeadline: Int32 {
        let end = isListening ? noticeUntil : drainUntil
        let drain = isDraining ? end.subtractingReportingOverflow(clock.milliseconds) : nil
        let left = deadlines.untilNext(now: clock.milliseconds)
        guard
            let nearest = [left, drain.map { $0.overflow ? 0 : $0.partialValue }]
                .compactMap({ $0 }).min()
        else { return -1 }
        return Int32(clamping: nearest + 1)
    }

    private var hasDrained: Bool { isDraining && !isListening && connections.count == 0 }

    // MARK: Letters and answers

    private mutating func handleMessages(_ inbox: inout ByteBuffer) {
        for message in lane.drainMessages() {
            switch message {
            case .operation(let profile): directory.update(profile)
            case .key(let key): directory.update(key)
            case .retired(let rest, let successor, let keys):
                directory.retire(rest, successor: successor, keys: keys)
                sealer.forgetKey()
            case .answer(let answer): self.answer(answer, &inbox)
            case .limits(let limits): change(to: limits)
            case .certificates: tls = shared.certificates.context(kind)
            case .drain: beginDraining()
            case .ping(let sent):
                instruments.recordLoopLag(
                    nanoseconds: clock.nanoseconds &- min(sent, clock.nanoseconds), lane: number)
                resumeAccepting()
            }
        }
    }

    /// Other limits from now on; a request that is half there keeps those it began with.
    private mutating func change(to limits: Limits) {
        self.limits = limits
        wireLimits = limits.wire(kind)
        parser.reset(to: wireLimits)
        deadlines.change(
            durationsMilliseconds: Deadline.durations(limits), now: clock.milliseconds)
    }

    /// Sends what the sequencer has decided, for as many connections as there are answers.
    private mutating func handleAnswers(_ inbox: inout ByteBuffer) {
        lane.answers.drain { record in
            answer(record.envelope(as: AnswerEnvelope.self), &inbox)
            return true
        }
    }
}

/// The kinds of deadline a connection can have; one at a time.
enum Deadline: Int, CaseIterable {
    /// From a request's first byte to the end of its head; and for a TLS handshake.
    case head
    /// From there to the end of its body.
    case body
    /// Between requests.
    case idle
    /// Until the peer takes the rest of an answer.
    case write
    /// Between our end of the stream and the peer's.
    case linger
    /// In place of idle and linger while the worker drains, and of a handshake's that has not
    /// begun.
    case leave

    /// A peer that has our last answer ends at once, or not at all.
    private static var lingerSeconds: Int { 2 }

    static func durations(_ limits: Limits) -> [UInt64] {
        let seconds = [
            limits.headSeconds, limits.bodySeconds, limits.idleSeconds, limits.writeSeconds,
            lingerSeconds,
        ]
        return seconds.map { UInt64($0) * 1_000 } + [UInt64(limits.drainNoticeMilliseconds)]
    }
}
