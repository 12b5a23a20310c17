internal import Cryptography
package import Evidence
package import Ledger
package import Log
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
    /// - Throws: ``ReplayError`` where the log and the fold disagree, and what decoding throws.
    package mutating func replay(_ batch: borrowing LogBatch) throws {
        precondition(batch.header.firstSequence == position.nextSequence, "batches come in order")
        // The table's places are fetched for all of a batch before the first is needed.
        var ahead = batch.records
        while let record = ahead.next() {
            ledger.anticipate(kind: record.kind, bytes: record.bytes)
        }
        var records = batch.records
        while let record = records.next() {
            try ledger.replay(kind: record.kind, bytes: record.bytes, at: batch.header.time)
            if record.kind != EntryRecord.kind {
                evidence.add(try EvidenceRecord(record, of: batch))
            }
        }
        position = batch.end
        time = batch.header.time
    }
}
