import Contract
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
        let hasConsents: Bool
        let source: String?
        let challenge: SolvedChallenge
        let look: SimulatedLoop.Entry.Look
        /// Sent by a load run, with a permit where there is one.
        let isTest: Bool
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
    /// Challenges that somebody has solved, the newest last.
    private var challenges: [SolvedChallenge] = []
    /// Attempts that come again, by tenths of a second of the monotonic clock.
    private var returning: [UInt64: [Attempt]] = [:]
    /// Those before this tenth have come.
    private var nextTenth: UInt64 = 0
    private(set) var posted: [UInt32: Posted] = [:]

    init(_ random: SeededRandom) {
        self.random = random
    }

    // MARK: Posting

    /// Somebody who takes part for the first time, or else one of a few who do so again and again.
    mutating func newcomer(
        to operation: String, secret: SHA256Digest, isNew: Bool, at now: Timestamp
    ) -> Attempt {
        nextPerson += 1
        let hasKey = random.oneIn(3)
        if hasKey { nextIdempotency += 1 }
        return Attempt(
            operation: operation, secret: secret,
            person: isNew ? nextPerson : UInt64(random.below(60)) + 1,
            idempotency: hasKey ? nextIdempotency : nil, isAgeConfirmed: !random.oneIn(8),
            hasConsents: !random.oneIn(8), source: random.oneIn(2) ? tag : nil,
            challenge: random.oneIn(6) ? challenge(at: now) : .absent,
            look: random.oneIn(8) ? random.element(SimulatedLoop.Entry.Look.allCases) : .person,
            isTest: random.oneIn(8))
    }

    /// A solution: a wrong one, one of the last that others have used as well, or a new one, which
    /// expires soon, or so late that nobody can have got it; of each level in turn.
    private mutating func challenge(at now: Timestamp) -> SolvedChallenge {
        if random.oneIn(6) { return .failed }
        if random.oneIn(3), !challenges.isEmpty {
            return random.element(Array(challenges.suffix(20)))
        }
        let seconds = random.element([0, 1, 60, 600, 600, 899, 1_000] as [Int64])
        let challenge = SolvedChallenge(
            mark: SimulatedLoop.Entry.fingerprint(UInt64(challenges.count) + 1 << 40),
            expires: UInt32(clamping: now.milliseconds / 1_000 + seconds),
            level: UInt8(1 + challenges.count % 3))
        challenges.append(challenge)
        return challenge
    }

    /// Tags of campaigns that are declared now and then.
    static let sources = ["c0", "c1", "mailing", "radio"]

    /// Most come by one campaign, some by another.
    private var tag: String {
        random.oneIn(4) ? random.element(Self.sources) : "c\(nextPerson / 40 % 9)"
    }

    /// Those whose time to come again has come.
    mutating func drainReturning(at now: UInt64) -> [Attempt] {
        var due: [Attempt] = []
        while nextTenth <= now / 100 {
            due += returning.removeValue(forKey: nextTenth) ?? []
            nextTenth += 1
        }
        return due
    }

    private mutating func comeAgain(_ attempt: Attempt, at time: UInt64) {
        returning[max(time / 100, nextTenth), default: []].append(attempt)
    }

    /// Nobody comes again.
    mutating func loseInterest() { returning = [:] }

    /// Posts an attempt as a worker does: by what its loop knows of the operation and the key.
    /// - Returns: false where the loop turns it down itself.
    mutating func post(_ attempt: Attempt, to loop: SimulatedLoop) -> Bool {
        guard let operation = loop.operation(named: attempt.operation),
            let key = loop.key(digest: attempt.secret), !key.isRevoked,
            key.operation == operation.index
        else { return false }
        nextConnection += 1
        let identity = Self.identity(of: operation)
        let permit = attempt.isTest ? loop.permit(of: operation.index) : nil
        let entry = SimulatedLoop.Entry(
            operation: operation.index, key: key.index, person: attempt.person,
            connection: nextConnection, ticket: attempt.ticket,
            ticketEpoch: attempt.ticketEpoch, idempotency: attempt.idempotency,
            isAgeConfirmed: attempt.isAgeConfirmed, hasConsents: attempt.hasConsents,
            source: attempt.source,
            // Three people are a household; none has the key that stands for none.
            secondKey: identity.hasSecondKey ? attempt.person / 3 + 1 : nil, identity: identity,
            challenge: permit == nil ? attempt.challenge : .absent,
            look: permit == nil ? attempt.look : .person, permit: permit)
        guard loop.post(entry) else { return false }
        posted[nextConnection] = Posted(attempt: attempt, entry: entry)
        return true
    }

    private static func identity(of profile: OperationProfile) -> SimulatedLoop.Entry.Identity {
        let isEmail = if case .email = profile.identity { true } else { false }
        return .init(
            isEmail: isEmail, hasSecondKey: profile.limitsSecondKey,
            consents: profile.consents.required, mark: profile.identityMark)
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
            comeAgain(attempt, at: now + UInt64(answer.retryAfterMilliseconds))
        case .accepted where random.oneIn(6):
            // The answer did not arrive: the front end sends the request again.
            comeAgain(attempt, at: now + UInt64(random.below(90_000)))
        case .noSpace, .full, .crowded, .suspended, .settingsMoved, .shed:
            if attempt.tries < 4, random.oneIn(2) {
                comeAgain(attempt, at: now + UInt64(1_000 + random.below(5_000)))
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
            comeAgain(attempt, at: now + UInt64(random.below(3_000)))
        }
        posted = [:]
    }
}
