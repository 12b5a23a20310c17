internal import Bytes
package import Time

/// A declared campaign.
package struct Campaign: Equatable, Codable, Sendable {
    package let id: String
    package let declaration: CampaignDeclaration
    package let declaredAt: Timestamp
    /// Whether the operation was already beyond its cover when the campaign was declared. Those
    /// participants were not announced beforehand (C2), and a new campaign does not change that.
    package let isBelated: Bool
    package var withdrawnAt: Timestamp?

    package init(
        id: String, declaration: CampaignDeclaration, declaredAt: Timestamp, isBelated: Bool = false
    ) {
        self.id = id
        self.declaration = declaration
        self.declaredAt = declaredAt
        self.isBelated = isBelated
    }

    /// Whether it had already begun when it was declared (C1: "before it starts").
    package var isLate: Bool { declaredAt >= declaration.starts }

    /// Whether it adds to the cover.
    package var counts: Bool { !isLate && !isBelated && withdrawnAt == nil }

    /// The tag that identifies its entries.
    package var source: String { declaration.source ?? id }
}
