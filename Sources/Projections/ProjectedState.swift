package import Evidence
package import Ledger
package import Webhooks

/// The views as of one durable batch. It never changes: whoever holds it sees one moment, for as
/// long as it likes, and keeps nobody waiting.
package final class ProjectedState: Sendable {
    /// Clients, operations, front-end keys, tokens.
    package let catalogue: Catalogue
    /// The records that dossiers are made from.
    package let evidence: EvidenceIndex
    /// What is to be sent to webhooks.
    package let webhooks: WebhookOutbox
    /// Holders of the tokens that work, by the digest of the token's text.
    private let holders: [KeyDigest: Author]

    init(
        catalogue: Catalogue, evidence: EvidenceIndex, webhooks: WebhookOutbox,
        holders: [KeyDigest: Author]
    ) {
        self.catalogue = catalogue
        self.evidence = evidence
        self.webhooks = webhooks
        self.holders = holders
    }

    /// The holder of a token that works; nil for any other digest.
    package func holder(_ digest: KeyDigest) -> Author? { holders[digest] }
}
