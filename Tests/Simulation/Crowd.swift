import Cryptography
import Ledger
import Sockets
import Time

@testable import Gateway

/// People and their front ends: newcomers, people who come twice, patient ones who come back with
/// their ticket, and those who give up.
struct Crowd {
    /// One person's wish to take part, over all its requests.
    struct Attempt {
        let operation: String
        let secret: SHA256Digest
        let person: UInt64
        let idempotency: UInt64?
        let isAgeConfirmed: Bool
        var ticket: UInt64 = 0
        var ticketEpoch: UInt64 = 0
        var tries = 0
    }

    /// A request that waits for its answer.
    struct Posted {
        var attempt: Attempt
        var entry: SimulatedLoop.Entry
    }

    private let random: SeededRandom
    private var nextPerson: UInt64 = 1_000
    private var nextIdempotency: UInt64 = 0
    private var nextConnection: UInt32 = 0
    /// Attempts that come again, with the time: milliseconds of the monotonic clock.
    private var returning: [(at: UInt64, attempt: Attempt)] = []
    private(set) var posted: [UInt32: Posted] = [:]

    init(_ random: SeededRandom) {
        self.random = random
    }

    // MARK: Posting

    /// Somebody who takes part for the first time, or else one of a few who do so again and again.
    mutating func newcomer(
        to operation: String, secret: SHA256Digest, isNew: Bool
    ) -> Attempt {
        nextPerson += 1
        let hasKey = random.oneIn(3)
        if hasKey { nextIdempotency += 1 }
        return Attempt(
            operation: operation, secret: secret,
            person: isNew ? nextPerson : UInt64(random.below(60)) + 1,
            idempotency: hasKey ? nextIdempotency : nil, isAgeConfirmed: !random.oneIn(8))
    }

    /// Those whose time to come again has come.
    mutating func drainReturning(at now: UInt64) -> [Attempt] {
        let due = returning.filter { $0.at <= now }.map(\.attempt)
        returning.removeAll { $0.at <= now }
        return due
    }

    /// Posts an attempt as a worker does: by what its loop knows of the operation and the key.
    /// - Returns: false where the loop turns it down itself.
    mutating func post(_ attempt: Attempt, to loop: SimulatedLoop) -> Bool {
        guard let operation = loop.operation(named: attempt.operation),
            let key = loop.key(digest: attempt.secret), !key.isRevoked,
            key.operation == operation.index
        else { return false }
        nextConnection += 1
        let entry = SimulatedLoop.Entry(
            operation: operation.index, key: key.index, person: attempt.person,
            connection: nextConnection, ticket: attempt.ticket,
            ticketEpoch: attempt.ticketEpoch, idempotency: attempt.idempotency,
            isAgeConfirmed: attempt.isAgeConfirmed)
        guard loop.post(entry) else { return false }
        posted[nextConnection] = Posted(attempt: attempt, entry: entry)
        return true
    }

    // MARK: Answers

    /// - Returns: what the answer is to; nil where nobody waits for it.
    mutating func receive(_ answer: AnswerEnvelope, at now: UInt64) -> Posted? {
        guard let posted = posted.removeValue(forKey: answer.connection.place) else { return nil }
        var attempt = posted.attempt
        attempt.tries += 1
        switch answer.verdict {
        case .waiting where !random.oneIn(4):
            attempt.ticket = answer.entry
            attempt.ticketEpoch = answer.epoch
            returning.append((now + UInt64(answer.retryAfterMilliseconds), attempt))
        case .accepted where random.oneIn(6):
            // The answer did not arrive: the front end sends the request again.
            returning.append((now + UInt64(random.below(90_000)), attempt))
        case .noSpace, .full, .crowded, .suspended:
            if attempt.tries < 4, random.oneIn(2) {
                returning.append((now + UInt64(1_000 + random.below(5_000)), attempt))
            }
        default: break
        }
        return posted
    }

    /// The process has ended: nobody answers what is in flight. Most send it again.
    mutating func loseAnswers(at now: UInt64) {
        for connection in posted.keys.sorted() {
            guard var attempt = posted[connection]?.attempt, !random.oneIn(4) else { continue }
            attempt.tries += 1
            returning.append((now + UInt64(random.below(3_000)), attempt))
        }
        posted = [:]
    }
}
