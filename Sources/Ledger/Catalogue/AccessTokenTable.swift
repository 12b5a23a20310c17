package import Time

extension Catalogue {
    /// Lets its holder use the admin listener.
    package struct AccessToken: Equatable, Codable, Sendable {
        package let id: String
        package let holder: Author
        package let digest: KeyDigest
        package let createdAt: Timestamp
        /// The first moment at which it is refused; a renewal brings it forward.
        package fileprivate(set) var expires: Timestamp
        /// The token that it was renewed by; `nil` if it was not.
        package fileprivate(set) var successor: String?
        /// `nil` while it works.
        package fileprivate(set) var revokedAt: Timestamp?
        package fileprivate(set) var reason: RevocationReason?
        /// When it was declared lost, stolen or replaced (C16): at the revocation, or before.
        package fileprivate(set) var declaredAt: Timestamp?
        /// Since when it is suspected: watched, and not refused (C16).
        package fileprivate(set) var suspectedAt: Timestamp?

        /// Whether its time is over. Revocation is another matter.
        /// - Parameter time: the ledger's.
        package func hasExpired(at time: Timestamp) -> Bool { expires <= time }
    }
}

/// The tokens of the admin listener, in order of creation. No two have the same digest.
struct AccessTokenTable: Equatable, Sendable {
    private(set) var all: [Catalogue.AccessToken] = []

    /// Adds a token.
    mutating func add(
        _ id: String, for holder: Author, digest: KeyDigest, expires: Timestamp,
        at time: Timestamp
    ) throws(CommandRefusal) -> Change {
        if let known = all.first(where: { $0.id == id || $0.digest == digest }) {
            guard known.id == id, known.digest == digest, known.holder == holder else {
                throw .keyExists(id)
            }
            return .none
        }
        return .tokenAdded(
            try append(id, for: holder, digest: digest, expires: expires, at: time))
    }

    /// Adds a token for the holder of another one, which is refused from the overlap's end on, or
    /// from its own if that comes first.
    mutating func renew(
        _ id: String, by renewal: TokenRenewal, at time: Timestamp
    ) throws(CommandRefusal) -> Change {
        guard let index = all.firstIndex(where: { $0.id == id }) else { throw .unknownToken(id) }
        let old = all[index]
        guard old.revokedAt == nil, !old.hasExpired(at: time) else { throw .notInForce(id) }
        if let successor = old.successor { throw .tokenRenewed(id, by: successor) }
        guard !all.contains(where: { $0.id == renewal.tokenID || $0.digest == renewal.digest })
        else { throw .keyExists(renewal.tokenID) }
        let successor = try append(
            renewal.tokenID, for: old.holder, digest: renewal.digest, expires: renewal.expires,
            at: time)
        all[index].expires = min(old.expires, renewal.overlapUntil)
        all[index].successor = renewal.tokenID
        return .tokenRenewed(UInt32(index), successor: successor)
    }

    private mutating func append(
        _ id: String, for holder: Author, digest: KeyDigest, expires: Timestamp,
        at time: Timestamp
    ) throws(CommandRefusal) -> UInt32 {
        guard expires > time else {
            throw .invalid(pointer: "/expires", detail: "must be in the future")
        }
        let index = try LedgerLimits.index(
            after: all.count, limit: LedgerLimits.tokens, name: "tokens")
        all.append(
            Catalogue.AccessToken(
                id: id, holder: holder, digest: digest, createdAt: time, expires: expires))
        return index
    }

    /// Revokes a token, once.
    /// - Parameter declared: when it was declared; `nil`: now.
    mutating func revoke(
        _ id: String, reason: RevocationReason, declared: Timestamp?, at time: Timestamp
    ) throws(CommandRefusal) -> Change {
        guard let index = all.firstIndex(where: { $0.id == id }) else { throw .unknownToken(id) }
        try RevocationReason.requirePast(declared, at: time)
        guard all[index].revokedAt == nil else { return .none }
        all[index].revokedAt = time
        all[index].reason = reason
        all[index].declaredAt = declared ?? time
        return .tokenRevoked(UInt32(index))
    }

    /// Marks a token that works as suspected, once.
    mutating func suspect(_ id: String, at time: Timestamp) throws(CommandRefusal) -> Change {
        guard let index = all.firstIndex(where: { $0.id == id }) else { throw .unknownToken(id) }
        guard all[index].revokedAt == nil, !all[index].hasExpired(at: time) else {
            throw .notInForce(id)
        }
        guard all[index].suspectedAt == nil else { return .none }
        all[index].suspectedAt = time
        return .tokenSuspected(UInt32(index))
    }

    /// Makes the storage this table's alone.
    mutating func detachStorage() { all.reserveCapacity(all.count + 1) }
}

extension AccessTokenTable: Codable {
    init(from decoder: any Decoder) throws { all = try [Catalogue.AccessToken](from: decoder) }

    func encode(to encoder: any Encoder) throws { try all.encode(to: encoder) }
}
