internal import Cryptography
internal import Log

/// Whether a node's journal is a beginning of the log that all nodes share.
struct JournalCheck {
    private let journal: RecoveryReport
    /// Where the log begins.
    let beginning: LogBeginning
    private let lastBatch: LastBatch

    /// What was found of a journal that is not another log's.
    enum Outcome {
        case isPart
        /// The log has what begins with this record, and no more what the journal lacks before it.
        /// Whether the journal is a part of it, the first batch in between shows.
        case lacks(below: UInt64, found: String)
    }

    /// What the log has in the place of the journal's last batch.
    private enum LastBatch {
        case present(chain: SHA256Digest)
        case absent
        case trimmed(oldest: UInt64)
    }

    /// Asks the engine what it has there.
    private static func lastBatch<Engine: ReplicatedLog & ~Copyable>(
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

    /// Asks the engine what the log has.
    /// - Returns: nil where nobody has begun the log.
    init?<Engine: ReplicatedLog & ~Copyable>(
        of journal: RecoveryReport, in engine: inout Engine
    ) throws(ReplicatedLogError) {
        guard let beginning = try engine.beginning() else { return nil }
        self.journal = journal
        self.beginning = beginning
        lastBatch = try Self.lastBatch(of: journal, in: &engine)
    }

    /// - Throws: ``FollowerFailure/unsuitable(_:)`` where it is no beginning of the log.
    func outcome() throws(FollowerFailure) -> Outcome {
        let next = journal.nextSequence
        if beginning.isAt(journal.end) { return .isPart }
        if next < beginning.first {
            if case .trimmed(let oldest) = lastBatch, oldest > beginning.first {
                return .lacks(below: oldest, found: Self.trimmed(upTo: oldest))
            }
            return .lacks(below: beginning.first, found: "begins with record \(beginning.first)")
        }
        guard next > beginning.first else {
            throw .notAPart(
                "this node's journal is not a part of the cluster's log: it ends where that "
                    + "begins, with another chain value")
        }
        switch lastBatch {
        case .present(let chain) where chain == journal.chain: return .isPart
        // The batch behind the journal's end is compared when it is followed.
        case .trimmed(let oldest) where oldest == next: return .isPart
        case .trimmed(let oldest) where oldest > next:
            return .lacks(below: oldest, found: Self.trimmed(upTo: oldest))
        case .present, .absent, .trimmed:
            throw .notAPart(
                "this node's journal is not a part of the cluster's log: at record "
                    + "\(journal.lastBatchSequence ?? next) they differ")
        }
    }

    private static func trimmed(upTo oldest: UInt64) -> String {
        "was trimmed up to record \(oldest)"
    }
}
