package import Evidence
package import Ledger

/// Makes the views from durable batches: the catalogue, the evidence index, the tokens by digest.
///
/// Pure: the same batches in the same order give the same views, on any thread and in any test.
/// Owned by one thread, the projector's.
package struct Projections: Sendable {
    package private(set) var catalogue: Catalogue
    private var evidence: EvidenceIndex
    private var tokens: [KeyDigest: UInt32]

    /// - Parameters:
    ///   - catalogue: as recovered; the views get storage of their own, so that the ledger never
    ///     copies because of them.
    ///   - evidence: the records that were read at recovery.
    package init(catalogue: Catalogue, evidence: EvidenceIndex) {
        self.catalogue = catalogue.withOwnStorage()
        self.evidence = evidence
        tokens = Self.tokens(catalogue)
    }

    /// Takes in one record of a batch. Records come in the order of the log, each once.
    /// - Returns: what it changed in the catalogue as its command says; nil for an event.
    /// - Precondition: the ledger accepted the command, in the state that the catalogue has here.
    package mutating func apply(
        _ record: DurableBatch.Record, of batch: DurableBatch
    ) -> Change? {
        evidence.add(
            EvidenceRecord(
                sequence: record.sequence, at: batch.time, batch: batch.firstSequence,
                chain: batch.chain, content: record.content))
        switch record.content {
        case .event(let event):
            catalogue.apply(event, at: batch.time)
            return nil
        case .command(let command):
            return apply(command, of: batch, counts: record.counts)
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
        ProjectedState(catalogue: catalogue, evidence: evidence, tokens: tokens)
    }

    private static func tokens(_ catalogue: Catalogue) -> [KeyDigest: UInt32] {
        var tokens: [KeyDigest: UInt32] = [:]
        for (index, token) in catalogue.tokens.enumerated() where token.revokedAt == nil {
            tokens[token.digest] = UInt32(index)
        }
        return tokens
    }
}
