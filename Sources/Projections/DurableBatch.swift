package import Cryptography
package import Evidence
package import Ledger
package import Time

/// The administrative records of one batch, as they are on stable storage: what the sequencer
/// publishes once, and every projection is made from.
///
/// Entries are not among them: no projection needs them, and the counts that follow from them are
/// on the board.
package struct DurableBatch: Sendable {
    /// The number of the batch's first record, of an entry or not.
    package let firstSequence: UInt64
    /// The time of the batch: what the ledger decided its commands at.
    package let time: Timestamp
    /// The log's chain value behind the batch.
    package let chain: SHA256Digest
    package let records: [Record]

    /// A command that changed something, or an event.
    package struct Record: Sendable {
        package let sequence: UInt64
        package let content: EvidenceRecord.Content
        /// What the ledger had counted for the command's operation when it decided; nil for events
        /// and for commands about no operation.
        package let counts: OperationCounts?

        package init(
            sequence: UInt64, content: EvidenceRecord.Content, counts: OperationCounts? = nil
        ) {
            self.sequence = sequence
            self.content = content
            self.counts = counts
        }
    }

    package init(
        firstSequence: UInt64, time: Timestamp, chain: SHA256Digest, records: [Record]
    ) {
        self.firstSequence = firstSequence
        self.time = time
        self.chain = chain
        self.records = records
    }
}
