internal import Contract
internal import Cryptography
internal import Ledger

/// Smoothing: an entry before its turn gets a number and a time to come back (C4).
///
/// Beside the fold, not in it: what waits leaves no trace in the log, and a replay takes an entry
/// that was admitted for what it is. Owned by the sequencer's thread.
struct Turnstiles {
    private let board: OperationBoard
    private let random: any RandomSource
    /// One for each operation that is smoothed, by its index.
    private var turnstiles: [UInt32: Turnstile] = [:]

    init(_ board: OperationBoard, random: any RandomSource) {
        self.board = board
        self.random = random
    }

    var isEmpty: Bool { turnstiles.isEmpty }

    /// Whether the operation is smoothed.
    func contains(_ operation: UInt32) -> Bool { turnstiles[operation] != nil }

    /// Whether an entry may be decided now; if not, fills the answer in.
    /// - Parameter now: milliseconds of the monotonic clock.
    mutating func admits(
        _ envelope: EntryEnvelope, _ answer: inout AnswerEnvelope, at now: Int64
    ) -> Bool {
        let operation = envelope.command.operation
        switch turnstiles[operation]?.arrive(envelope, at: now) {
        case nil, .admitted: return true
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

    /// Makes, changes or removes an operation's turnstile.
    /// - Parameter perSecond: its pace; nil for none.
    mutating func update(_ operation: UInt32, perSecond: UInt32?, at now: Int64) {
        guard let perSecond else {
            if turnstiles.removeValue(forKey: operation) != nil {
                board.publish(waiting: 0, isFull: false, of: operation)
            }
            return
        }
        if turnstiles[operation] != nil {
            turnstiles[operation]?.setPace(perSecond, at: now)
        } else {
            // A random epoch: no ticket of an earlier turnstile passes for one of this one's.
            turnstiles[operation] = Turnstile(perSecond: perSecond, epoch: random.word(), at: now)
        }
        publish(operation, at: now)
    }

    /// Publishes how many wait, for front ends and operators.
    mutating func publish(at now: Int64) {
        for operation in turnstiles.keys { publish(operation, at: now) }
    }

    private mutating func publish(_ operation: UInt32, at now: Int64) {
        turnstiles[operation]?.advance(to: now)
        guard let turnstile = turnstiles[operation] else { return }
        board.publish(waiting: turnstile.waiting, isFull: turnstile.isFull, of: operation)
    }
}

extension Turnstile {
    /// An arrival, with the ticket that the worker has verified, or without.
    fileprivate mutating func arrive(_ envelope: EntryEnvelope, at now: Int64) -> Admission {
        envelope.ticket > 0 && envelope.ticketEpoch == epoch
            ? arrive(with: envelope.ticket, at: now) : arrive(at: now)
    }
}
