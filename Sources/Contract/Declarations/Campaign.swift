internal import Bytes
package import Time

/// A campaign as it was declared.
package struct Campaign: Equatable, Sendable {
    package let id: String
    package let declaration: CampaignDeclaration
    package let declaredAt: Timestamp
    /// It was declared when the operation was beyond its cover: whoever was there already was not
    /// announced beforehand (C2), and announcing others does not make up for it.
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

    /// Whether it was declared when it had begun already (C1: "before it starts").
    package var isLate: Bool { declaredAt >= declaration.starts }

    /// Whether it adds to the cover.
    package var counts: Bool { !isLate && !isBelated && withdrawnAt == nil }

    /// The tag that tells its entries.
    package var source: String { declaration.source ?? id }
}
