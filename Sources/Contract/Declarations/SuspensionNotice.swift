package import Time

/// The notice to the client that precedes a suspension (B 6.5, B 7.3, A 6.2).
package struct SuspensionNotice: Equatable, Codable, Sendable {
    /// The terms that a breach is of: they give different times.
    package enum Terms: String, CaseIterable, Codable, Sendable, BitwiseCopyable {
        /// Licence and general terms of the game platform.
        case a
        /// Terms of the hosted-site maintenance service.
        case b
    }

    /// When it was first delivered.
    package var deliveredAt: Timestamp
    /// `nil`: those of the platform (A).
    package var terms: Terms?

    package init(deliveredAt: Timestamp, terms: Terms? = nil) {
        self.deliveredAt = deliveredAt
        self.terms = terms
    }

    private enum CodingKeys: String, CodingKey {
        case deliveredAt = "delivered_at"
        case terms
    }
}
