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

extension AccessCommand {
    /// Carries the command out, see ``Catalogue/apply(_:by:at:counts:)``.
    func apply(
        to keys: inout FrontEndKeyTable, _ tokens: inout AccessTokenTable,
        _ operations: inout OperationTable, clients: ClientTable, at time: Timestamp
    ) throws(CommandRefusal) -> Change {
        switch self {
        case .addKey(let id, let keyID, let digest):
            guard Identifier.isValid(keyID) else { throw .invalidIdentifier(of: "key") }
            let operation = try operations.requireIndex(id)
            guard let index = try keys.add(keyID, digest: digest, of: operation, at: time)
            else { return .none }
            operations[operation].addKey(index)
            return .keyAdded(index)
        case .revokeKey(let keyID, let reason):
            return try keys.revoke(keyID, reason: reason, at: time)
        case .addToken(let tokenID, let holder, let digest):
            guard Identifier.isValid(tokenID) else { throw .invalidIdentifier(of: "token") }
            try holder.requireToken(of: clients)
            return try tokens.add(tokenID, for: holder, digest: digest, at: time)
        case .revokeToken(let tokenID, let reason):
            return try tokens.revoke(tokenID, reason: reason, at: time)
        }
    }
}

extension Author {
    /// Whether a token may be created for this holder.
    fileprivate func requireToken(of clients: ClientTable) throws(CommandRefusal) {
        switch role {
        case .gateway, .admin:
            throw .invalid(pointer: "/role", detail: "must be operator, client or scrape")
        case .client:
            guard clients.has(name) else { throw .unknownClient(name) }
        case .operator, .scrape:
            try Field.requireText(name, 1...LedgerLimits.identifierBytes, at: "/name")
        }
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
