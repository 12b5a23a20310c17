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
    /// Entries that were let in after a wait, by the operation's index.
    private var waits: [UInt32: Wait] = [:]
    /// What stands for a front-end key: the beginning of its digest; empty for none.
    private var bound = ByteBuffer(capacity: ChallengeSigner.keyBytes)

    /// An operation's last entry that waited in place of work.
    private struct Wait {
        let mark: Fingerprint
        /// The next one may be let in from then on.
        let next: Timestamp
    }

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
        waits.removeValue(forKey: operation)
    }

    /// Appends a challenge to an answer.
    /// - Parameters:
    ///   - key: the front-end key that it is for; nil for any of the operation.
    ///   - expires: seconds since 1970.
    ///   - ready: from when on it is good without a solution, likewise; 0 for never.
    /// - Returns: false, and the answer is as before, where none is left that was made ahead.
    mutating func append(
        _ level: ChallengeDifficulty.Level, for profile: OperationProfile, _ key: DirectoryKey?,
        expires: UInt32, ready: UInt32, to answer: inout ByteBuffer
    ) -> Bool {
        bind(key)
        let signer = signer(of: profile)
        return Self.append(
            level, from: pool, worker, &signer.signer, operation: profile.id, key: bound,
            expires: expires, ready: ready, to: &answer)
    }

    /// What the text of a solved challenge proves.
    /// - Parameter now: the ledger's time of the turn that the entry came in.
    mutating func verify(
        _ text: RawSpan, _ profile: OperationProfile, _ key: DirectoryKey, at now: Timestamp
    ) -> SolvedChallenge {
        guard let solution = reader.read(text) else { return .failed }
        bind(key)
        let signer = signer(of: profile)
        guard
            let verified = Self.verify(
                solution, reader, &signer.signer, operation: profile.id, key: bound)
        else { return .failed }
        let mark = Fingerprint(high: verified.high, low: verified.low)
        if verified.readyAt > 0, !hasWaited(until: verified.readyAt, mark, profile.index, at: now) {
            return .failed
        }
        return SolvedChallenge(mark: mark, expires: verified.expires, level: verified.level)
    }

    /// Whether an entry may be let in by the time that it has waited: not before, and few at once.
    /// One that was let in and has to queue is the same when it comes again.
    private mutating func hasWaited(
        until readyAt: UInt32, _ mark: Fingerprint, _ operation: UInt32, at now: Timestamp
    ) -> Bool {
        guard now.milliseconds >= Int64(readyAt) * 1_000 else { return false }
        if let last = waits[operation], last.mark != mark, now < last.next { return false }
        waits[operation] = Wait(
            mark: mark,
            next: now.advanced(byMilliseconds: ChallengeDifficulty.waitIntervalMilliseconds))
        return true
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
        _ level: ChallengeDifficulty.Level, from pool: ChallengePool, _ worker: Int,
        _ signer: inout ChallengeSigner, operation: borrowing ByteBuffer,
        key: borrowing ByteBuffer, expires: UInt32, ready: UInt32, to answer: inout ByteBuffer
    ) -> Bool {
        // Out of the ring first: its room is free again before anything else is done.
        var puzzle = ByteBuffer(capacity: ChallengePuzzle.byteCount)
        guard pool.pop(level, worker: worker, { puzzle.append($0) }) else { return false }
        signer.append(
            ChallengePuzzle(puzzle.bytes), operation: operation.bytes, key: key.bytes,
            expires: expires, ready: ready, to: &answer)
        return true
    }

    private static func verify(
        _ solution: ChallengeSolution, _ reader: borrowing SolutionReader,
        _ signer: inout ChallengeSigner, operation: borrowing ByteBuffer,
        key: borrowing ByteBuffer
    ) -> VerifiedChallenge? {
        signer.verify(solution, reader.values, operation: operation.bytes, key: key.bytes)
    }
}
