internal import Cryptography
package import Evidence
package import Ledger
package import Log
package import Playback
package import Time
package import Webhooks

/// The state after a record of the log: the ledger, the records beside entries that dossiers are
/// made from, and what is to be sent to webhooks. It goes on by ``replay(_:)``.
package struct Snapshot: ~Copyable {
    package var ledger: Ledger
    package var evidence = EvidenceIndex()
    package private(set) var webhooks = WebhookOutbox()
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
        ledger: consuming Ledger, evidence: EvidenceIndex,
        webhooks: WebhookOutbox = WebhookOutbox(), position: LogPosition, time: Timestamp
    ) {
        self.ledger = ledger
        self.evidence = evidence
        self.webhooks = webhooks
        self.position = position
        self.time = time
    }

    /// The number of the last record in it; 0 before the first.
    package var lastSequence: UInt64 { position.nextSequence - 1 }

    /// Applies the batch that comes next.
    /// - Throws: ``PlaybackError`` where the log and the fold disagree.
    package mutating func replay(_ batch: borrowing LogBatch) throws(PlaybackError) {
        precondition(batch.header.firstSequence == position.nextSequence, "batches come in order")
        // All are written while the closure runs: the views cannot be this value's own meanwhile.
        var evidence = EvidenceIndex()
        var webhooks = WebhookOutbox()
        swap(&evidence, &self.evidence)
        swap(&webhooks, &self.webhooks)
        defer {
            swap(&evidence, &self.evidence)
            swap(&webhooks, &self.webhooks)
        }
        try ledger.play(batch) { record, ledger in
            guard let kept = EvidenceRecord(record) else { return }
            evidence.add(kept)
            switch kept.content {
            case .command(let command):
                webhooks.add(command, number: kept.sequence, at: kept.at, ledger.catalogue)
            case .event(let event):
                webhooks.add(event, number: kept.sequence, at: kept.at, ledger.catalogue)
            }
        }
        position = batch.end
        time = batch.header.time
    }
}
