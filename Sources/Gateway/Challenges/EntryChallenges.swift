internal import Bytes
internal import Cryptography
internal import Ledger
internal import Robots
internal import Time

/// A worker's challenges: gives them out, and verifies solutions that come with entries. It keeps
/// what an operation's are signed with from its first one on.
struct EntryChallenges: ~Copyable {
    private let pool: ChallengePool
    private let worker: Int
    private var reader = SolutionReader()
    /// By the operation's index.
    private var signers: [UInt32: OperationSigner] = [:]
    /// The turns of entries that waited in place of work, by the operation's index.
    private var turns: [UInt32: WaitTurns] = [:]
    /// What stands for a front-end key: the beginning of its digest; empty for none.
    private var bound = ByteBuffer(capacity: ChallengeSigner.keyBytes)

    /// A noncopyable value that a dictionary can hold.
    private final class OperationSigner {
        var signer: ChallengeSigner

        init(_ secrets: ChallengeSecrets) {
            signer = ChallengeSigner(secrets)
        }
    }

    init(_ shared: Shared, lane: Int) {
        pool = shared.challenges
        worker = lane
    }

    /// An operation is new, or has other settings.
    func prepare(for profile: OperationProfile) {
        if profile.mayChallenge { pool.prepare() }
    }

    /// Forgets the keys of an operation that is no more.
    mutating func forget(_ operation: UInt32) {
        signers.removeValue(forKey: operation)
        turns.removeValue(forKey: operation)
    }

    /// Appends a challenge to an answer.
    /// - Parameters:
    ///   - key: the front-end key that it is for; nil for any of the operation.
    ///   - expires: seconds since 1970.
    ///   - ready: from when on it is good without a solution, likewise; 0 for never.
    ///   - isAhead: no entry has asked for it. Then a part of those that are there is left to
    ///     entries.
    /// - Returns: false, and the answer is as before, where none is left that was made ahead.
    mutating func append(
        _ level: ChallengeDifficulty.Level, for profile: OperationProfile, _ key: DirectoryKey?,
        expires: UInt32, ready: UInt32, isAhead: Bool = false, to answer: inout ByteBuffer
    ) -> Bool {
        // Out of the ring first: its room is free again before anything else is done.
        var puzzle = ByteBuffer(capacity: ChallengePuzzle.byteCount)
        guard pool.pop(level, worker: worker, isAhead: isAhead, { puzzle.append($0) }) else {
            return false
        }
        bind(key)
        let signer = signer(of: profile)
        Self.append(
            puzzle, &signer.signer, operation: profile.id, key: bound, expires: expires,
            ready: ready, to: &answer)
        return true
    }

    /// What the text of a solved challenge proves.
    /// - Parameters:
    ///   - now: the ledger's time of the turn that the entry came in.
    ///   - isLacking: the entry lacks what the operation demands, and is refused for that. Then one
    ///     that waited in place of work takes no turn from those whose entry may be let in.
    mutating func verify(
        _ text: RawSpan, _ profile: OperationProfile, _ key: DirectoryKey, at now: Timestamp,
        isLacking: Bool = false
    ) -> SolvedChallenge {
        guard let solution = reader.read(text) else { return .failed }
        bind(key)
        let signer = signer(of: profile)
        guard
            let verified = Self.verify(
                solution, reader, &signer.signer, operation: profile.id, key: bound)
        else { return .failed }
        let mark = Fingerprint(high: verified.high, low: verified.low)
        if verified.readyAt > 0 {
            guard now.milliseconds >= Int64(verified.readyAt) * 1_000,
                now.milliseconds < Int64(verified.expires) * 1_000
            else { return .failed }
            let turn =
                isLacking
                ? now
                : turns[profile.index, default: WaitTurns()].take(
                    mark, expires: verified.expires, at: now)
            if let turn {
                return .postponed(
                    until: UInt32(clamping: (turn.milliseconds + 999) / 1_000),
                    level: verified.level)
            }
        }
        return SolvedChallenge(mark: mark, expires: verified.expires, level: verified.level)
    }

    private mutating func bind(_ key: DirectoryKey?) {
        bound.removeAll()
        guard let digest = key?.digest else { return }
        bound.append(digest.bytes.extracting(0..<ChallengeSigner.keyBytes))
    }

    private mutating func signer(of profile: OperationProfile) -> OperationSigner {
        if let signer = signers[profile.index] { return signer }
        let signer = OperationSigner(profile.keys.challenge)
        signers[profile.index] = signer
        return signer
    }

    // Take the fields one by one: a span of one is held against all of its owner.

    private static func append(
        _ puzzle: borrowing ByteBuffer, _ signer: inout ChallengeSigner,
        operation: borrowing ByteBuffer, key: borrowing ByteBuffer, expires: UInt32,
        ready: UInt32, to answer: inout ByteBuffer
    ) {
        signer.append(
            ChallengePuzzle(puzzle.bytes), operation: operation.bytes, key: key.bytes,
            expires: expires, ready: ready, to: &answer)
    }

    private static func verify(
        _ solution: ChallengeSolution, _ reader: borrowing SolutionReader,
        _ signer: inout ChallengeSigner, operation: borrowing ByteBuffer,
        key: borrowing ByteBuffer
    ) -> VerifiedChallenge? {
        signer.verify(solution, reader.values, operation: operation.bytes, key: key.bytes)
    }
}
