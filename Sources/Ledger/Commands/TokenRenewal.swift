package import Time

/// The token that takes another one's place (C16): for the same holder, with a secret of its own.
package struct TokenRenewal: Equatable, Codable, Sendable {
    package var tokenID: String
    package var digest: KeyDigest
    /// When the new token is refused.
    package var expires: Timestamp
    /// When the one before is refused, unless it expires earlier.
    package var overlapUntil: Timestamp

    package init(
        tokenID: String, digest: KeyDigest, expires: Timestamp, overlapUntil: Timestamp
    ) {
        self.tokenID = tokenID
        self.digest = digest
        self.expires = expires
        self.overlapUntil = overlapUntil
    }

    private enum CodingKeys: String, CodingKey {
        case digest, expires
        case tokenID = "new_token_id"
        case overlapUntil = "overlap_until"
    }
}
