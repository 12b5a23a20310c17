package import Evidence
package import Ledger
package import Webhooks

/// Makes the views from durable batches: the catalogue, the evidence index, the tokens by digest,
/// what is to be sent to webhooks.
///
/// Pure: the same batches in the same order give the same views, on any thread and in any test.
/// Owned by one thread, the projector's.
package struct Projections: Sendable {
    package private(set) var catalogue: Catalogue
    private var evidence: EvidenceIndex
    private var tokens: [KeyDigest: UInt32]
    private var webhooks: WebhookOutbox
    private var position: ProjectedPosition?
    /// How often what is to be sent to webhooks, or to whom, has changed.
    package private(set) var webhookChanges = 0

    /// - Parameters:
    ///   - catalogue: as recovered; the views get storage of their own, so that the ledger never
    ///     copies because of them.
    ///   - evidence: the records that were read at recovery.
    ///   - webhooks: what had not been sent to them by then.
    ///   - position: the last record on record then; nil if there is none.
    package init(
        catalogue: Catalogue, evidence: EvidenceIndex, webhooks: WebhookOutbox = WebhookOutbox(),
        position: ProjectedPosition? = nil
    ) {
        self.position = position
        self.catalogue = catalogue.withOwnStorage()
        self.evidence = evidence
        self.webhooks = webhooks
        tokens = Self.tokens(catalogue)
    }

    /// Takes in one record of a batch. Records come in the order of the log, each once.
    /// - Returns: what it changed in the catalogue as its command says; nil for an event.
    /// - Precondition: the ledger accepted the command, in the state that the catalogue has here.
    package mutating func apply(
        _ record: DurableBatch.Record, of batch: DurableBatch
    ) -> Change? {
        position = ProjectedPosition(
            sequence: record.sequence, chain: batch.chain, at: batch.time)
        evidence.add(
            EvidenceRecord(
                sequence: record.sequence, at: batch.time, batch: batch.firstSequence,
                chain: batch.chain, content: record.content))
        switch record.content {
        case .event(let event):
            catalogue.apply(event, at: batch.time)
            if webhooks.add(event, number: record.sequence, at: batch.time, catalogue) {
                webhookChanges += 1
            }
            return nil
        case .command(let command):
            let change = apply(command, of: batch, counts: record.counts)
            if webhooks.add(command, number: record.sequence, at: batch.time, catalogue) {
                webhookChanges += 1
            }
            return change
        }
    }

    private mutating func apply(
        _ record: AdministrativeRecord, of batch: DurableBatch, counts: OperationCounts?
    ) -> Change {
        let change: Change
        do {
            change = try catalogue.apply(
                record.command, by: record.author, at: batch.time, counts: counts)
        } catch {
            preconditionFailure("a projection refuses what the ledger accepted: \(error)")
        }
        switch change {
        case .tokenAdded, .tokenRenewed, .tokenRevoked: tokens = Self.tokens(catalogue)
        default: break
        }
        return change
    }

    /// The views as they are now.
    package var state: ProjectedState {
        ProjectedState(
            catalogue: catalogue, evidence: evidence, webhooks: webhooks, position: position,
            tokens: tokens)
    }

    private static func tokens(_ catalogue: Catalogue) -> [KeyDigest: UInt32] {
        var tokens: [KeyDigest: UInt32] = [:]
        for (index, token) in catalogue.tokens.enumerated() where token.revokedAt == nil {
            tokens[token.digest] = UInt32(index)
        }
        return tokens
    }
}
