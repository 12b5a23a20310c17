package import Time

/// Commands about who may use the gateway: front-end keys, and tokens of the admin listener.
package enum AccessCommand: Equatable, Sendable {
    /// Adds a front-end key to an operation.
    case addKey(
        operation: String, keyID: String, digest: KeyDigest, frontEnd: FrontEndKind = .browser)
    /// Declares a key lost, stolen or replaced (C16): refused from the next entry on. `declared`
    /// says since when the client declares it so; `nil`: now.
    case revokeKey(keyID: String, reason: RevocationReason, declared: Timestamp? = nil)
    /// Watches a key, and does not refuse it (C16).
    case suspectKey(keyID: String, note: String?)
    /// Creates a token of the admin listener; its requests are recorded under `holder`.
    case addToken(tokenID: String, holder: Author, digest: KeyDigest, expires: Timestamp)
    /// Creates a token in the place of this one, which goes on for a time.
    case renewToken(tokenID: String, TokenRenewal)
    /// Declares a token lost, stolen or replaced (C16).
    case revokeToken(tokenID: String, reason: RevocationReason, declared: Timestamp? = nil)
    /// Watches a token, and does not refuse it (C16).
    case suspectToken(tokenID: String, note: String?)

    package enum Name: String, CaseIterable, Sendable {
        case addKey = "access.add_key"
        case revokeKey = "access.revoke_key"
        case suspectKey = "access.suspect_key"
        case addToken = "access.add_token"
        case renewToken = "access.renew_token"
        case revokeToken = "access.revoke_token"
        case suspectToken = "access.suspect_token"
    }

    package var name: Name {
        switch self {
        case .addKey: .addKey
        case .revokeKey: .revokeKey
        case .suspectKey: .suspectKey
        case .addToken: .addToken
        case .renewToken: .renewToken
        case .revokeToken: .revokeToken
        case .suspectToken: .suspectToken
        }
    }

    package var operation: String? {
        if case .addKey(let operation, _, _, _) = self { operation } else { nil }
    }
}

// MARK: JSON

extension AccessCommand {
    private enum Member: String, CodingKey {
        case operation, digest, reason, holder, expires, note
        case frontEnd = "front_end"
        case keyID = "key_id"
        case tokenID = "token_id"
        case declared = "declared_at"
    }

    init(_ name: Name, from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Member.self)
        func text(_ member: Member) throws -> String {
            try members.decode(String.self, forKey: member)
        }
        func digest() throws -> KeyDigest { try members.decode(KeyDigest.self, forKey: .digest) }
        func reason() throws -> RevocationReason {
            try members.decode(RevocationReason.self, forKey: .reason)
        }
        func declared() throws -> Timestamp? {
            try members.decodeIfPresent(Timestamp.self, forKey: .declared)
        }
        func note() throws -> String? { try members.decodeIfPresent(String.self, forKey: .note) }
        switch name {
        case .addKey:
            self = .addKey(
                operation: try text(.operation), keyID: try text(.keyID), digest: try digest(),
                frontEnd: try members.decodeIfPresent(FrontEndKind.self, forKey: .frontEnd)
                    ?? .browser)
        case .revokeKey:
            self = .revokeKey(
                keyID: try text(.keyID), reason: try reason(), declared: try declared())
        case .suspectKey: self = .suspectKey(keyID: try text(.keyID), note: try note())
        case .addToken:
            self = .addToken(
                tokenID: try text(.tokenID),
                holder: try members.decode(Author.self, forKey: .holder), digest: try digest(),
                expires: try members.decode(Timestamp.self, forKey: .expires))
        case .renewToken:
            self = .renewToken(tokenID: try text(.tokenID), try TokenRenewal(from: decoder))
        case .revokeToken:
            self = .revokeToken(
                tokenID: try text(.tokenID), reason: try reason(), declared: try declared())
        case .suspectToken: self = .suspectToken(tokenID: try text(.tokenID), note: try note())
        }
    }

    func encodeMembers(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: Member.self)
        switch self {
        case .addKey(let operation, let keyID, let digest, let frontEnd):
            try members.encode(operation, forKey: .operation)
            try members.encode(keyID, forKey: .keyID)
            try members.encode(digest, forKey: .digest)
            if frontEnd != .browser { try members.encode(frontEnd, forKey: .frontEnd) }
        case .revokeKey(let keyID, let reason, let declared):
            try members.encode(keyID, forKey: .keyID)
            try members.encode(reason, forKey: .reason)
            try members.encodeIfPresent(declared, forKey: .declared)
        case .suspectKey(let keyID, let note):
            try members.encode(keyID, forKey: .keyID)
            try members.encodeIfPresent(note, forKey: .note)
        case .addToken(let tokenID, let holder, let digest, let expires):
            try members.encode(tokenID, forKey: .tokenID)
            try members.encode(holder, forKey: .holder)
            try members.encode(digest, forKey: .digest)
            try members.encode(expires, forKey: .expires)
        case .renewToken(let tokenID, let renewal):
            try members.encode(tokenID, forKey: .tokenID)
            try renewal.encode(to: encoder)
        case .revokeToken(let tokenID, let reason, let declared):
            try members.encode(tokenID, forKey: .tokenID)
            try members.encode(reason, forKey: .reason)
            try members.encodeIfPresent(declared, forKey: .declared)
        case .suspectToken(let tokenID, let note):
            try members.encode(tokenID, forKey: .tokenID)
            try members.encodeIfPresent(note, forKey: .note)
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
        case .addKey(let id, let keyID, let digest, let frontEnd):
            guard Identifier.isValid(keyID) else { throw .invalidIdentifier(of: "key") }
            let operation = try operations.requireIndex(id)
            guard
                let index = try keys.add(
                    keyID, digest: digest, for: frontEnd, of: operation, at: time)
            else { return .none }
            operations[operation].addKey(index)
            return .keyAdded(index)
        case .revokeKey(let keyID, let reason, let declared):
            return try keys.revoke(keyID, reason: reason, declared: declared, at: time)
        case .suspectKey(let keyID, let note):
            try Field.requireNote(note)
            return try keys.suspect(keyID, at: time)
        case .addToken(let tokenID, let holder, let digest, let expires):
            guard Identifier.isValid(tokenID) else { throw .invalidIdentifier(of: "token") }
            try holder.requireToken(of: clients)
            return try tokens.add(tokenID, for: holder, digest: digest, expires: expires, at: time)
        case .renewToken(let tokenID, let renewal):
            guard Identifier.isValid(renewal.tokenID) else {
                throw .invalidIdentifier(of: "token")
            }
            return try tokens.renew(tokenID, by: renewal, at: time)
        case .revokeToken(let tokenID, let reason, let declared):
            return try tokens.revoke(tokenID, reason: reason, declared: declared, at: time)
        case .suspectToken(let tokenID, let note):
            try Field.requireNote(note)
            return try tokens.suspect(tokenID, at: time)
        }
    }
}

extension Author {
    /// Whether a token may be created for this holder.
    fileprivate func requireToken(of clients: ClientTable) throws(CommandRefusal) {
        switch role {
        case .gateway, .admin:
            throw .invalid(pointer: "/role", detail: "must be operator, auditor, client or scrape")
        case .client:
            guard clients.has(name) else { throw .unknownClient(name) }
        case .operator, .auditor, .scrape:
            try Field.requireText(name, 1...LedgerLimits.identifierBytes, at: "/name")
        }
    }
}

// MARK: Words

extension AccessCommand {
    package var sentence: String {
        switch self {
        case .addKey(_, let keyID, _, let frontEnd):
            "The front-end key \(keyID) was created for a \(frontEnd.rawValue)."
        case .revokeKey(let keyID, let reason, let declared):
            "The front-end key \(keyID) was revoked as \(reason.rawValue)"
                + "\(Self.since(declared)) (C16)."
        case .suspectKey(let keyID, let note):
            "The front-end key \(keyID) is suspected: watched, not refused (C16)."
                + Words.note(note)
        case .addToken(let tokenID, let holder, _, let expires):
            "The token \(tokenID) was created for the \(holder.role.rawValue) \(holder.name); it "
                + "expires at \(expires.rfc3339)."
        case .renewToken(let tokenID, let renewal):
            "The token \(tokenID) was renewed by \(renewal.tokenID), which expires at "
                + "\(renewal.expires.rfc3339); \(tokenID) is refused from "
                + "\(renewal.overlapUntil.rfc3339) at the latest (C16)."
        case .revokeToken(let tokenID, let reason, let declared):
            "The token \(tokenID) was revoked as \(reason.rawValue)\(Self.since(declared)) (C16)."
        case .suspectToken(let tokenID, let note):
            "The token \(tokenID) is suspected: watched, not refused (C16)." + Words.note(note)
        }
    }

    private static func since(_ declared: Timestamp?) -> String {
        declared.map { ", declared so at \($0.rfc3339)," } ?? ""
    }
}
