internal import Cryptography
internal import Log

/// Whether a node's journal is a beginning of the log that all nodes share.
struct JournalCheck {
    private let journal: RecoveryReport
    private let beginning: LogBeginning
    private let lastBatch: LastBatch

    /// What the log has in the place of the journal's last batch.
    enum LastBatch {
        case present(chain: SHA256Digest)
        case absent
        case trimmed(oldest: UInt64)
    }

    /// Asks the engine what it has there.
    static func lastBatch<Engine: ReplicatedLog & ~Copyable>(
        of journal: RecoveryReport, in engine: inout Engine
    ) throws(ReplicatedLogError) -> LastBatch {
        let first = journal.lastBatchSequence ?? journal.nextSequence
        var found: SHA256Digest?
        let end = try engine.read(from: first) { sequence, batch in
            let chain = SHA256Digest.byteCount
            guard sequence == first, batch.byteCount >= chain else { return }
            found = SHA256Digest(
                batch.extracting((batch.byteCount - chain)..<batch.byteCount))
        }
        if case .trimmed(let oldest) = end { return .trimmed(oldest: oldest) }
        return found.map { .present(chain: $0) } ?? .absent
    }

    init(_ journal: RecoveryReport, logBeginning: LogBeginning, lastBatch: LastBatch) {
        self.journal = journal
        beginning = logBeginning
        self.lastBatch = lastBatch
    }

    /// - Throws: ``FollowerFailure/unsuitable(_:)`` where it is none, or ends too early.
    func pass() throws(FollowerFailure) {
        let next = journal.nextSequence
        if beginning.isAt(journal.end) { return }
        guard next > beginning.first else {
            throw .notAPart(
                "this node's journal ends before record \(next), and the cluster's log begins with "
                    + "record \(beginning.first)")
        }
        switch lastBatch {
        case .present(let chain) where chain == journal.chain: return
        // The batch behind the journal's end is compared when it is followed.
        case .trimmed(let oldest) where oldest == next: return
        case .trimmed(let oldest):
            throw .notAPart(
                "this node's journal ends before record \(next), and the cluster's log was trimmed "
                    + "up to record \(oldest)")
        case .present, .absent:
            throw .notAPart(
                "this node's journal is not a part of the cluster's log: at record "
                    + "\(journal.lastBatchSequence ?? next) they differ")
        }
    }
}
