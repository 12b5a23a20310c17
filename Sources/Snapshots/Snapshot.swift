internal import Cryptography
package import Evidence
package import Ledger
package import Log
package import Playback
package import Time

/// The state after a record of the log: the ledger, and the records beside entries that dossiers
/// are made from. It goes on by ``replay(_:)``.
package struct Snapshot: ~Copyable {
    package var ledger: Ledger
    package var evidence = EvidenceIndex()
    /// What stands before it in the log: the next record's number and the chain value.
    package private(set) var position = LogPosition.beginning
    /// The time of the last batch; `nil` before the first.
    package private(set) var time: Timestamp?

    /// The state before the first record.
    /// - Parameter memoryLimitBytes: see ``Ledger/init(memoryLimitBytes:)``.
    package init(memoryLimitBytes: Int = .max) {
        ledger = Ledger(memoryLimitBytes: memoryLimitBytes)
    }

    init(
        ledger: consuming Ledger, evidence: EvidenceIndex, position: LogPosition, time: Timestamp
    ) {
        self.ledger = ledger
        self.evidence = evidence
        self.position = position
        self.time = time
    }

    /// The number of the last record in it; 0 before the first.
    package var lastSequence: UInt64 { position.nextSequence - 1 }

    /// Applies the batch that comes next.
    /// - Throws: ``PlaybackError`` where the log and the fold disagree.
    package mutating func replay(_ batch: borrowing LogBatch) throws(PlaybackError) {
        precondition(batch.header.firstSequence == position.nextSequence, "batches come in order")
        // Both are written while the closure runs: the index cannot be this value's own meanwhile.
        var evidence = EvidenceIndex()
        swap(&evidence, &self.evidence)
        defer { swap(&evidence, &self.evidence) }
        try ledger.play(batch) { record, _ in
            if let record = EvidenceRecord(record) { evidence.add(record) }
        }
        position = batch.end
        time = batch.header.time
    }
}
