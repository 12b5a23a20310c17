package import Time

extension Catalogue {
    /// Lets its holder use the admin listener.
    package struct AccessToken: Equatable, Codable, Sendable {
        package let id: String
        package let holder: Author
        package let digest: KeyDigest
        package let createdAt: Timestamp
        /// `nil` while it works.
        package fileprivate(set) var revokedAt: Timestamp?
        package fileprivate(set) var reason: RevocationReason?
    }
}

/// The tokens of the admin listener, in order of creation. No two have the same digest.
struct AccessTokenTable: Equatable, Sendable {
    private(set) var all: [Catalogue.AccessToken] = []

    /// Adds a token.
    mutating func add(
        _ id: String, for holder: Author, digest: KeyDigest, at time: Timestamp
    ) throws(CommandRefusal) -> Change {
        if let known = all.first(where: { $0.id == id || $0.digest == digest }) {
            guard known.id == id, known.digest == digest, known.holder == holder else {
                throw .keyExists(id)
            }
            return .none
        }
        let index = try LedgerLimits.index(
            after: all.count, limit: LedgerLimits.tokens, name: "tokens")
        all.append(
            Catalogue.AccessToken(id: id, holder: holder, digest: digest, createdAt: time))
        return .tokenAdded(index)
    }

    /// Revokes a token, once.
    mutating func revoke(
        _ id: String, reason: RevocationReason, at time: Timestamp
    ) throws(CommandRefusal) -> Change {
        guard let index = all.firstIndex(where: { $0.id == id }) else { throw .unknownToken(id) }
        guard all[index].revokedAt == nil else { return .none }
        all[index].revokedAt = time
        all[index].reason = reason
        return .tokenRevoked(UInt32(index))
    }

    /// Makes the storage this table's alone.
    mutating func detachStorage() { all.reserveCapacity(all.count + 1) }
}

extension AccessTokenTable: Codable {
    init(from decoder: any Decoder) throws { all = try [Catalogue.AccessToken](from: decoder) }

    func encode(to encoder: any Encoder) throws { try all.encode(to: encoder) }
}
