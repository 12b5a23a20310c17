internal import Time

/// Commands about who may use the gateway: front-end keys, and tokens of the admin listener.
package enum AccessCommand: Equatable, Sendable {
    /// Adds a front-end key to an operation.
    case addKey(operation: String, keyID: String, digest: KeyDigest)
    /// Declares a key lost, stolen or replaced (C16): refused from the next entry on.
    case revokeKey(keyID: String, reason: RevocationReason)
    /// Creates a token of the admin listener; its requests are recorded under `holder`.
    case addToken(tokenID: String, holder: Author, digest: KeyDigest)
    /// Declares a token lost, stolen or replaced (C16).
    case revokeToken(tokenID: String, reason: RevocationReason)

    package enum Name: String, CaseIterable, Sendable {
        case addKey = "access.add_key"
        case revokeKey = "access.revoke_key"
        case addToken = "access.add_token"
        case revokeToken = "access.revoke_token"
    }

    package var name: Name {
        switch self {
        case .addKey: .addKey
        case .revokeKey: .revokeKey
        case .addToken: .addToken
        case .revokeToken: .revokeToken
        }
    }

    package var operation: String? {
        if case .addKey(let operation, _, _) = self { operation } else { nil }
    }
}

// MARK: JSON

extension AccessCommand {
    private enum Member: String, CodingKey {
        case operation, digest, reason, holder
        case keyID = "key_id"
        case tokenID = "token_id"
    }

    init(_ name: Name, from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Member.self)
        func digest() throws -> KeyDigest { try members.decode(KeyDigest.self, forKey: .digest) }
        func reason() throws -> RevocationReason {
            try members.decode(RevocationReason.self, forKey: .reason)
        }
        switch name {
        case .addKey:
            self = .addKey(
                operation: try members.decode(String.self, forKey: .operation),
                keyID: try members.decode(String.self, forKey: .keyID), digest: try digest())
        case .revokeKey:
            self = .revokeKey(
                keyID: try members.decode(String.self, forKey: .keyID), reason: try reason())
        case .addToken:
            self = .addToken(
                tokenID: try members.decode(String.self, forKey: .tokenID),
                holder: try members.decode(Author.self, forKey: .holder), digest: try digest())
        case .revokeToken:
            self = .revokeToken(
                tokenID: try members.decode(String.self, forKey: .tokenID), reason: try reason())
        }
    }

    func encodeMembers(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: Member.self)
        switch self {
        case .addKey(let operation, let keyID, let digest):
            try members.encode(operation, forKey: .operation)
            try members.encode(keyID, forKey: .keyID)
            try members.encode(digest, forKey: .digest)
        case .revokeKey(let keyID, let reason):
            try members.encode(keyID, forKey: .keyID)
            try members.encode(reason, forKey: .reason)
        case .addToken(let tokenID, let holder, let digest):
            try members.encode(tokenID, forKey: .tokenID)
            try members.encode(holder, forKey: .holder)
            try members.encode(digest, forKey: .digest)
        case .revokeToken(let tokenID, let reason):
            try members.encode(tokenID, forKey: .tokenID)
            try members.encode(reason, forKey: .reason)
        }
    }
}

// MARK: Application

extension Catalogue {
    mutating func apply(
        _ command: AccessCommand, at time: Timestamp
    ) throws(CommandRefusal) -> Change {
        switch command {
        case .addKey(let operation, let keyID, let digest):
            try addKey(keyID, digest: digest, to: operation, at: time)
        case .revokeKey(let keyID, let reason): try revokeKey(keyID, reason: reason, at: time)
        case .addToken(let tokenID, let holder, let digest):
            try addToken(tokenID, for: holder, digest: digest, at: time)
        case .revokeToken(let tokenID, let reason):
            try revokeToken(tokenID, reason: reason, at: time)
        }
    }

    private mutating func addKey(
        _ id: String, digest: KeyDigest, to operation: String, at time: Timestamp
    ) throws(CommandRefusal) -> Change {
        guard Identifier.isValid(id) else { throw .invalidIdentifier(of: "key") }
        guard let owner = operationIndex(operation) else { throw .unknownOperation(operation) }
        if let index = keyIndex(id) {
            let key = keys[Int(index)]
            guard key.operation == owner, key.digest == digest else { throw .keyExists(id) }
            return .none
        }
        guard keyIndex(digest: digest) == nil else { throw .keyExists(id) }
        let index = try nextIndex(keys.count, limit: LedgerLimits.keys, name: "keys")
        keys.append(FrontEndKey(id: id, operation: owner, digest: digest, createdAt: time))
        keyIndices[id] = index
        digestIndices[digest] = index
        operations[Int(owner)].keys.append(index)
        return .keyAdded(index)
    }

    private mutating func revokeKey(
        _ id: String, reason: RevocationReason, at time: Timestamp
    ) throws(CommandRefusal) -> Change {
        guard let index = keyIndex(id) else { throw .unknownKey(id) }
        guard keys[Int(index)].revokedAt == nil else { return .none }
        keys[Int(index)].revokedAt = time
        keys[Int(index)].reason = reason
        return .keyRevoked(index)
    }

    private mutating func addToken(
        _ id: String, for holder: Author, digest: KeyDigest, at time: Timestamp
    ) throws(CommandRefusal) -> Change {
        guard Identifier.isValid(id) else { throw .invalidIdentifier(of: "token") }
        switch holder.role {
        case .gateway, .admin:
            throw .invalid(pointer: "/role", detail: "must be operator, client or scrape")
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

    private mutating func revokeToken(
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

// MARK: Words

extension AccessCommand {
    package var sentence: String {
        switch self {
        case .addKey(_, let keyID, _): "The front-end key \(keyID) was created."
        case .revokeKey(let keyID, let reason):
            "The front-end key \(keyID) was revoked as \(reason.rawValue) (C16)."
        case .addToken(let tokenID, let holder, _):
            "The token \(tokenID) was created for the \(holder.role.rawValue) \(holder.name)."
        case .revokeToken(let tokenID, let reason):
            "The token \(tokenID) was revoked as \(reason.rawValue) (C16)."
        }
    }
}
