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
    /// What they rest on; nil where nothing is on record.
    package let position: ProjectedPosition?
    /// Indices of the tokens that are not revoked, by the digest of the token's text.
    private let tokens: [KeyDigest: UInt32]

    init(
        catalogue: Catalogue, evidence: EvidenceIndex, webhooks: WebhookOutbox,
        position: ProjectedPosition?, tokens: [KeyDigest: UInt32]
    ) {
        self.catalogue = catalogue
        self.evidence = evidence
        self.webhooks = webhooks
        self.position = position
        self.tokens = tokens
    }

    /// The token with this digest that is not revoked, and its index; nil for any other digest.
    /// Whether it has expired is for the reader to say, who has the time.
    package func token(_ digest: KeyDigest) -> (index: UInt32, token: Catalogue.AccessToken)? {
        tokens[digest].map { ($0, catalogue.tokens[Int($0)]) }
    }
}
