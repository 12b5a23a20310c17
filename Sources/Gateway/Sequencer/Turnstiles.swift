internal import Contract
internal import Cryptography
internal import Ledger
internal import Time

/// Smoothing: an entry before its turn gets a number and a time to come back (C4).
///
/// Beside the fold, not in it: what waits leaves no trace in the log, and a replay takes an entry
/// that was admitted for what it is. Owned by the sequencer's thread.
///
/// Thousands of operations may be smoothed at once. A turnstile costs something when an entry
/// comes to it, and a few times a second while somebody waits before it; else nothing.
struct Turnstiles {
    private let board: OperationBoard
    private let random: any RandomSource
    /// One for each operation that is smoothed, by its index.
    private var turnstiles: [UInt32: Turnstile] = [:]
    /// By operation: looked at for each entry while anything is smoothed.
    private var marks: ContiguousArray<Marks> = []
    /// Those that entries have come to and that are not published since.
    private var touched: ContiguousArray<UInt32> = []
    /// Those before which somebody waits, by when they are published next: milliseconds of the
    /// monotonic clock.
    private var due = DueQueue()
    /// Whether more were due than one turn publishes.
    private(set) var hasLeftover = false
    /// Turnstiles that were advanced and published so far: work that a test can count.
    private(set) var published: UInt64 = 0

    private struct Marks {
        var isSmoothed = false
        var isTouched = false
    }

    /// Turnstiles that are published in one turn because time has passed.
    static var dueAtOnce: Int { 64 }
    /// How long what is published of those that wait may be out of date, at least. Whoever comes is
    /// decided by the time, and not by what is published.
    static var refreshMilliseconds: Int64 { 100 }

    init(_ board: OperationBoard, random: any RandomSource) {
        self.board = board
        self.random = random
    }

    var isEmpty: Bool { turnstiles.isEmpty }

    /// Whether the operation is smoothed.
    func contains(_ operation: UInt32) -> Bool {
        Int(operation) < marks.count && marks[Int(operation)].isSmoothed
    }

    /// Whether an entry may be decided now; if not, fills the answer in.
    /// - Parameter now: milliseconds of the monotonic clock.
    mutating func admits(
        _ envelope: EntryEnvelope, _ answer: inout AnswerEnvelope, at now: Int64
    ) -> Bool {
        let operation = envelope.command.operation
        guard let admission = turnstiles[operation]?.arrive(envelope, at: now) else { return true }
        touch(operation)
        switch admission {
        case .admitted: return true
        case .full: answer.verdict = .crowded
        case .waiting(let place):
            answer.verdict = .waiting
            answer.entry = place.number
            answer.epoch = turnstiles[operation]?.epoch ?? 0
            answer.participant = UInt32(clamping: place.position)
            answer.person = envelope.command.participant
            answer.estimateMilliseconds = UInt32(clamping: place.estimateMilliseconds)
            answer.retryAfterMilliseconds = UInt32(clamping: place.retryAfterMilliseconds)
        }
        return false
    }

    private mutating func touch(_ operation: UInt32) {
        guard !marks[Int(operation)].isTouched else { return }
        marks[Int(operation)].isTouched = true
        touched.append(operation)
    }

    /// Makes, changes or removes an operation's turnstile.
    /// - Parameter perSecond: its pace; nil for none.
    mutating func update(_ operation: UInt32, perSecond: UInt32?, at now: Int64) {
        guard let perSecond else {
            if turnstiles.removeValue(forKey: operation) != nil {
                marks[Int(operation)].isSmoothed = false
                due.set(operation, to: nil)
                board.publish(waiting: 0, isFull: false, of: operation)
            }
            return
        }
        if turnstiles[operation] != nil {
            turnstiles[operation]?.setPace(perSecond, at: now)
        } else {
            // A random epoch: no ticket of an earlier turnstile passes for one of this one's.
            turnstiles[operation] = Turnstile(perSecond: perSecond, epoch: random.word(), at: now)
            while marks.count <= Int(operation) { marks.append(Marks()) }
            marks[Int(operation)].isSmoothed = true
        }
        publish(operation, at: now)
    }

    /// Publishes how many wait, for front ends and operators: of those that entries have come to,
    /// and of some that are due.
    mutating func publish(at now: Int64) {
        for operation in touched {
            marks[Int(operation)].isTouched = false
            publish(operation, at: now)
        }
        touched.removeAll(keepingCapacity: true)
        var count = 0
        while due.next <= now, count < Self.dueAtOnce, let operation = due.first {
            publish(operation, at: now)
            count += 1
        }
        hasLeftover = due.next <= now
    }

    private mutating func publish(_ operation: UInt32, at now: Int64) {
        turnstiles[operation]?.advance(to: now)
        guard let turnstile = turnstiles[operation] else { return }
        published &+= 1
        board.publish(waiting: turnstile.waiting, isFull: turnstile.isFull, of: operation)
        due.set(
            operation, to: turnstile.nextCall.map { max($0, now + Self.refreshMilliseconds) })
    }
}

extension Turnstile {
    /// An arrival, with the ticket that the worker has verified, or without.
    fileprivate mutating func arrive(_ envelope: EntryEnvelope, at now: Int64) -> Admission {
        envelope.ticket > 0 && envelope.ticketEpoch == epoch
            ? arrive(with: envelope.ticket, at: now) : arrive(at: now)
    }
}
