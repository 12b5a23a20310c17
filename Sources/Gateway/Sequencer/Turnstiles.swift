internal import Contract
internal import Cryptography
internal import Ledger
internal import Time

/// Smoothing: an entry before its turn gets a number and a time to come back (C4).
///
/// Beside the fold, not in it: a replay takes an entry that was admitted for what it is. What a
/// restart must know goes to the log: the counters of each queue, ahead of what participants are
/// told (``drainCounters()``), the places before a shuffled start, and its seed. Owned by the
/// sequencer's thread.
///
/// Thousands of operations may be smoothed at once. A turnstile costs something when an entry
/// comes to it, and a few times a second while somebody waits before it; else nothing.
struct Turnstiles {
    private let board: OperationBoard
    private let random: any RandomSource
    /// One for each operation that is smoothed, or was until lately, by its index.
    private var queues: [UInt32: Queue] = [:]
    /// The solved challenges that places were given for.
    var challenges = PlaceChallenges()
    /// One for each operation that participants came to before a shuffled start.
    private var draws: [UInt32: StartDraw] = [:]
    /// Bytes that these take.
    private(set) var placesBytes = 0
    /// By operation: looked at for each entry while anything is smoothed.
    private var marks: ContiguousArray<Marks> = []
    /// Those that entries have come to and that are not published since.
    private var touched: ContiguousArray<UInt32> = []
    /// Those whose draw has given places since the last record.
    private var drawn: Set<UInt32> = []
    /// Those before which somebody waits, by when they are published next; and those without a
    /// pace, by when they are forgotten: milliseconds of the monotonic clock.
    private var due = DueQueue()
    /// Whether more were due than one turn publishes.
    private(set) var hasLeftover = false
    /// Turnstiles that were advanced and published so far: work that a test can count.
    private(set) var published: UInt64 = 0

    private struct Queue {
        var turnstile: Turnstile
        /// The counters that are on record.
        var recorded: QueueCounters?

        /// Those that are to be recorded; nil while those on record will do.
        mutating func drainCounters() -> QueueCounters? {
            let counters = turnstile.counters(after: recorded)
            if let counters { recorded = counters }
            return counters
        }
    }

    private struct Marks {
        var isSmoothed = false
        var isTouched = false
        /// The turnstile's: at hand, because a turnstile that is read is copied.
        var epoch: UInt64 = 0
    }

    /// Turnstiles that are published in one turn because time has passed.
    static var dueAtOnce: Int { 64 }
    /// How long what is published of those that wait may be out of date, at least. Whoever comes is
    /// decided by the time, and not by what is published.
    static var refreshMilliseconds: Int64 { 100 }
    /// Bytes of a record of a queue or a draw, at most.
    static var recordBytes: Int { 512 }

    init(_ board: OperationBoard, random: any RandomSource) {
        self.board = board
        self.random = random
    }

    var isEmpty: Bool { queues.isEmpty }

    /// Bytes that the records of this turn take, and those of one more operation.
    var recordRoom: Int { (touched.count + drawn.count + 2) * Self.recordBytes }

    /// Whether the operation is smoothed.
    func contains(_ operation: UInt32) -> Bool {
        Int(operation) < marks.count && marks[Int(operation)].isSmoothed
    }

    /// An epoch or a seed: below 2^53, so that it is exact in JSON.
    private func newWord() -> UInt64 { random.word() >> 11 }

    // MARK: Entries

    /// Whether an entry may be decided now; if not, fills the answer in.
    /// - Parameters:
    ///   - now: milliseconds of the monotonic clock.
    ///   - time: the ledger's time.
    mutating func admits(
        _ envelope: EntryEnvelope, _ answer: inout AnswerEnvelope, at now: Int64, time: Timestamp
    ) -> Bool {
        let operation = envelope.command.operation
        guard contains(operation) else { return true }
        let number = number(of: envelope)
        guard let admission = queues[operation]?.turnstile.arrive(with: number, at: now)
        else { return true }
        touch(operation)
        switch admission {
        case .admitted: return true
        case .full: answer.verdict = .crowded
        case .waiting(let place):
            answer.verdict = .waiting
            answer.entry = place.number
            answer.epoch = marks[Int(operation)].epoch
            answer.participant = UInt32(clamping: place.position)
            answer.person = envelope.command.participant
            answer.turnAt = time.milliseconds + place.estimateMilliseconds
            answer.retryAfterMilliseconds = UInt32(clamping: place.retryAfterMilliseconds)
        }
        return false
    }

    /// The number in the queue that an entry comes with; 0 for none.
    private func number(of envelope: EntryEnvelope) -> UInt64 {
        let operation = envelope.command.operation
        if envelope.ticket > 0, envelope.ticketEpoch == marks[Int(operation)].epoch {
            return envelope.ticket
        }
        guard !draws.isEmpty, let draw = draws[operation] else { return 0 }
        return draw.number(
            of: envelope.participantWord, ticket: envelope.ticket(of: draw.record.epoch)) ?? 0
    }

    /// Whether the ticket that an entry comes with keeps a place in the queue. Constant time.
    ///
    /// Also while a pace is lifted, until the queue is forgotten: who waited comes now. A place
    /// before a shuffled start is kept where that start is still to shuffle it.
    func hasPlace(_ envelope: EntryEnvelope) -> Bool {
        let operation = envelope.command.operation
        guard let turnstile = queues[operation]?.turnstile else { return false }
        if contains(operation), let draw = draws[operation], !draw.isShuffled,
            draw.hasGiven(envelope.ticket(of: draw.record.epoch))
        {
            return true
        }
        let number = number(of: envelope)
        return number > 0 && turnstile.isValid(number)
    }

    /// The same before a shuffled start.
    /// - Parameter recorded: of the operation, for the first one after a restart.
    mutating func hasPlace(
        _ envelope: EntryEnvelope, beforeStart recorded: RecordedQueue, at now: Int64
    ) -> Bool {
        let operation = envelope.command.operation
        restoreDraw(of: operation, recorded, at: now)
        guard let draw = draws[operation], !draw.isShuffled else { return false }
        return draw.hasGiven(envelope.ticket(of: draw.record.epoch))
    }

    /// An entry with a ticket has been decided: one that was let in has used it, also while a pace
    /// is lifted.
    mutating func use(_ envelope: EntryEnvelope, _ verdict: EntryVerdict) {
        let operation = envelope.command.operation
        guard verdict == .accepted || verdict == .repeated, queues[operation] != nil else { return }
        let number = number(of: envelope)
        if number > 0 { queues[operation]?.turnstile.use(number) }
    }

    private mutating func touch(_ operation: UInt32) {
        guard !marks[Int(operation)].isTouched else { return }
        marks[Int(operation)].isTouched = true
        touched.append(operation)
    }

    // MARK: A shuffled start

    /// Gives a participant who comes before the opening a place, and fills the answer in.
    /// - Parameters:
    ///   - wait: milliseconds until the opening.
    ///   - recorded: of the operation, for the first one after a restart.
    ///   - isFull: there is no memory for anybody new.
    mutating func register(
        _ envelope: EntryEnvelope, _ answer: inout AnswerEnvelope, opening wait: Int64,
        _ recorded: RecordedQueue, isFull: Bool = false, at now: Int64
    ) {
        let operation = envelope.command.operation
        restoreDraw(of: operation, recorded, at: now)
        if draws[operation]?.isShuffled != false {
            let record = StartDraw.Record(epoch: newWord(), registered: 0)
            setDraw(StartDraw(record, at: now), of: operation)
        }
        let epoch = draws[operation]?.record.epoch ?? 0
        let before = draws[operation]?.memoryBytes ?? 0
        let index = draws[operation]?.register(
            envelope.participantWord, ticket: envelope.ticket(of: epoch), mayGrow: !isFull, at: now)
        placesBytes += (draws[operation]?.memoryBytes ?? 0) - before
        guard let index else {
            answer.verdict = isFull ? .noMemory : .crowded
            return
        }
        drawn.insert(operation)
        keepDraw(of: operation, at: now)
        answer.verdict = .waitingForOpening
        answer.entry = index
        answer.epoch = epoch
        answer.person = envelope.command.participant
        answer.retryAfterMilliseconds = UInt32(
            clamping: draws[operation]?.retryMilliseconds(
                opening: wait, envelope.participantWord) ?? 0)
    }

    /// After a restart, goes on with the draw that is on record.
    private mutating func restoreDraw(
        of operation: UInt32, _ recorded: RecordedQueue, at now: Int64
    ) {
        guard draws[operation] == nil, let draw = recorded.draw else { return }
        setDraw(StartDraw(draw, at: now), of: operation)
        keepDraw(of: operation, at: now)
    }

    private mutating func setDraw(_ draw: StartDraw?, of operation: UInt32) {
        placesBytes -= draws[operation]?.memoryBytes ?? 0
        draws[operation] = draw
        placesBytes += draw?.memoryBytes ?? 0
    }

    /// The draw of an operation without a pace is looked at again when nobody has come for long.
    private mutating func keepDraw(of operation: UInt32, at now: Int64) {
        guard queues[operation] == nil else { return }
        due.set(operation, to: now + StartDraw.keptMilliseconds + 1)
    }

    /// Whether participants have places and the operation, which is open now, has not shuffled
    /// them.
    mutating func awaitsStart(of operation: UInt32, at now: Int64) -> Bool {
        guard !draws.isEmpty, let draw = draws[operation], !draw.isShuffled else { return false }
        guard draw.isForgotten(at: now) else { return true }
        setDraw(nil, of: operation)
        return false
    }

    /// Shuffles the places, and puts those who have them into the queue; the order is to be
    /// recorded in the same batch.
    mutating func start(_ operation: UInt32, at now: Int64) -> StartDraw.Record? {
        let seed = newWord()
        guard let after = queues[operation]?.turnstile.issued,
            let pause = draws[operation]?.returnMilliseconds,
            let record = draws[operation]?.shuffle(seed: seed, after: after)
        else { return nil }
        queues[operation]?.turnstile.issue(
            record.registered, returningWithin: pause, at: now)
        drawn.remove(operation)
        touch(operation)
        return record
    }

    // MARK: Records

    /// What must be on record before the answers of this turn leave: counters of queues that were
    /// given numbers beyond those on record, or called some.
    mutating func drainCounters() -> [(operation: UInt32, counters: QueueCounters)] {
        var drained: [(operation: UInt32, counters: QueueCounters)] = []
        for operation in touched {
            guard let counters = queues[operation]?.drainCounters() else { continue }
            drained.append((operation, counters))
        }
        return drained
    }

    /// The same of draws that have given places.
    mutating func drainDraws() -> [(operation: UInt32, draw: StartDraw.Record)] {
        if drawn.isEmpty { return [] }
        var drained: [(operation: UInt32, draw: StartDraw.Record)] = []
        for operation in drawn.sorted() {
            guard let draw = draws[operation]?.recordAhead() else { continue }
            drained.append((operation, draw))
        }
        drawn.removeAll(keepingCapacity: true)
        return drained
    }

    // MARK: Paces

    /// Makes, changes or lifts an operation's turnstile.
    /// - Parameters:
    ///   - perSecond: its pace; nil for none.
    ///   - spreadingBursts: see ``BurstAllowance``.
    ///   - isSuspended: nobody is admitted meanwhile, and nobody is late.
    ///   - recorded: of the operation, for a turnstile that is made.
    ///   - elapsed: milliseconds since it was recorded.
    mutating func update(
        _ operation: UInt32, perSecond: UInt32?, spreadingBursts: Bool = false,
        isSuspended: Bool = false, recorded: RecordedQueue? = nil, elapsed: Int64 = 0, at now: Int64
    ) {
        guard let perSecond else { return lift(operation, isSuspended: isSuspended, at: now) }
        if queues[operation] == nil {
            make(operation, perSecond: perSecond, recorded, elapsed: elapsed, at: now)
        }
        marks[Int(operation)].isSmoothed = true
        queues[operation]?.turnstile.setPace(
            perSecond, spreadingBursts: spreadingBursts, at: now)
        if isSuspended {
            queues[operation]?.turnstile.pause(at: now)
        } else {
            queues[operation]?.turnstile.resume(at: now)
        }
        publish(operation, at: now)
    }

    /// Forgets an operation's queue and draw: the next update makes them anew from what is on
    /// record.
    mutating func forgetQueue(of operation: UInt32) {
        queues[operation] = nil
        setDraw(nil, of: operation)
    }

    /// A turnstile that goes on with what is on record; else a new one, under a random epoch: no
    /// ticket of another passes for one of its own.
    private mutating func make(
        _ operation: UInt32, perSecond: UInt32, _ recorded: RecordedQueue?, elapsed: Int64,
        at now: Int64
    ) {
        let turnstile =
            recorded?.counters.map {
                Turnstile(restoring: $0, elapsed: elapsed, perSecond: perSecond, at: now)
            } ?? Turnstile(perSecond: perSecond, epoch: newWord(), at: now)
        queues[operation] = Queue(turnstile: turnstile, recorded: recorded?.counters)
        if draws[operation] == nil, let draw = recorded?.draw {
            setDraw(StartDraw(draw, at: now), of: operation)
        }
        while marks.count <= Int(operation) { marks.append(Marks()) }
        marks[Int(operation)].epoch = turnstile.epoch
    }

    /// There is no pace: whoever waits may come. If there is one again soon, tickets keep their
    /// places.
    private mutating func lift(_ operation: UInt32, isSuspended: Bool, at now: Int64) {
        guard queues[operation] != nil else { return }
        marks[Int(operation)].isSmoothed = false
        if isSuspended {
            queues[operation]?.turnstile.pause(at: now)
            due.set(operation, to: nil)
        } else {
            queues[operation]?.turnstile.callAll(at: now)
            touch(operation)
            due.set(operation, to: now + Turnstile.graceMilliseconds)
        }
        board.publish(waiting: 0, isFull: false, of: operation)
    }

    // MARK: Publishing

    /// Publishes how many wait, for front ends and operators: of those that entries have come to,
    /// and of some that are due.
    mutating func publish(at now: Int64) {
        for operation in touched {
            marks[Int(operation)].isTouched = false
            if contains(operation) { publish(operation, at: now) }
        }
        touched.removeAll(keepingCapacity: true)
        var count = 0
        while due.next <= now, count < Self.dueAtOnce, let operation = due.first {
            if contains(operation) {
                publish(operation, at: now)
            } else {
                forget(operation, at: now)
            }
            count += 1
        }
        hasLeftover = due.next <= now
    }

    private mutating func publish(_ operation: UInt32, at now: Int64) {
        queues[operation]?.turnstile.advance(to: now)
        guard let turnstile = queues[operation]?.turnstile else { return }
        published &+= 1
        board.publish(waiting: turnstile.waiting, isFull: turnstile.isFull, of: operation)
        due.set(
            operation, to: turnstile.nextCall.map { max($0, now + Self.refreshMilliseconds) })
        if !draws.isEmpty, let last = draws[operation]?.lastNumber, turnstile.hasExpired(last) {
            setDraw(nil, of: operation)
        }
    }

    /// Without a pace for a while: the queue is over, and so is a draw that has opened, or that
    /// nobody comes for.
    private mutating func forget(_ operation: UInt32, at now: Int64) {
        queues[operation] = nil
        if let draw = draws[operation], draw.isShuffled || draw.isForgotten(at: now) {
            setDraw(nil, of: operation)
        }
        due.set(operation, to: nil)
    }
}

extension EntryEnvelope {
    /// 64 bits that stand for the participant.
    fileprivate var participantWord: UInt64 { command.participant.high ^ command.participant.low }

    /// The number of the ticket if it is of this epoch, else 0.
    fileprivate func ticket(of epoch: UInt64) -> UInt64 { ticketEpoch == epoch ? ticket : 0 }
}
