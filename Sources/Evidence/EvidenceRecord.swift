internal import Bytes
package import Cryptography
package import Ledger
package import Log
package import Time

/// A durable record that a person may be asked about later: a command, or what the fold found out.
package struct EvidenceRecord: Sendable {
    /// Its number in the log.
    package let sequence: UInt64
    /// The time of its batch.
    package let at: Timestamp
    /// The number of its batch's first record.
    package let batch: UInt64
    /// The log's chain value behind its batch.
    package let chain: SHA256Digest
    package let content: Content

    package enum Content: Sendable {
        case command(AdministrativeRecord)
        case event(LedgerEvent)
    }

    package init(
        sequence: UInt64, at: Timestamp, batch: UInt64, chain: SHA256Digest, content: Content
    ) {
        self.sequence = sequence
        self.at = at
        self.batch = batch
        self.chain = chain
        self.content = content
    }
}

extension EvidenceRecord {
    /// A record of a batch that is read back.
    /// - Throws: what coding throws for bytes that are neither command nor event.
    package init(_ record: borrowing LogRecord, of batch: borrowing LogBatch) throws {
        sequence = record.sequence
        at = batch.header.time
        self.batch = batch.header.firstSequence
        chain = batch.chain
        content =
            record.kind == EventRecord.kind
            ? .event(try EventRecord(json: record.bytes).event)
            : .command(try AdministrativeRecord(json: record.bytes))
    }
}
