import Bytes
internal import Time

/// Who may use the admin listener, beside the holder of the admin token (C16).
extension Catalogue {
    mutating func addToken(
        _ id: String, for holder: Author, digest: KeyDigest, at time: Timestamp
    ) throws(CommandRefusal) -> Change {
        guard Identifier.isValid(id) else { throw .invalidIdentifier(of: "token") }
        switch holder.role {
        case .gateway, .admin:
            throw .invalid(pointer: "/role", detail: "is given to nobody")
        case .client:
            guard clientIndex(holder.name) != nil else { throw .unknownClient(holder.name) }
        case .operator, .scrape:
            try Field.requireText(
                holder.name, 1...LedgerLimits.identifierBytes, at: "/name")
        }
        if let known = tokens.first(where: { $0.id == id || $0.digest == digest }) {
            guard known.id == id, known.digest == digest, known.holder == holder else {
                throw .keyExists(id)
            }
            return .none
        }
        let index = try nextIndex(tokens.count, limit: LedgerLimits.tokens, name: "tokens")
        tokens.append(AccessToken(id: id, holder: holder, digest: digest, createdAt: time))
        return .tokenAdded(index)
    }

    mutating func revokeToken(
        _ id: String, reason: RevocationReason, at time: Timestamp
    ) throws(CommandRefusal) -> Change {
        guard let index = tokens.firstIndex(where: { $0.id == id }) else {
            throw .unknownToken(id)
        }
        guard tokens[index].revokedAt == nil else { return .none }
        tokens[index].revokedAt = time
        tokens[index].reason = reason
        return .tokenRevoked(UInt32(index))
    }
}
