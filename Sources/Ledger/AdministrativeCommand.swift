/// What a person, or the process itself, tells the ledger beside entries.
///
/// The journal keeps each one as JSON, so names and fields here are a stored format: cases and
/// fields may be added, none renamed.
package enum AdministrativeCommand: Equatable, Sendable {
    /// Makes a client known, or changes its name.
    case putClient(id: String, name: String)
    /// Creates an operation as a draft, or changes the settings of one and keeps its state.
    /// `dataKeyID` names the key that seals what people give; the first PUT's stays.
    case putOperation(id: String, settings: OperationSettings, dataKeyID: String)
    /// Adds a front-end key to an operation.
    case addKey(operation: String, keyID: String, digest: KeyDigest)
    /// Declares a key lost, stolen or replaced (C16): refused from the next entry on.
    case revokeKey(keyID: String, reason: RevocationReason)
    case openOperation(id: String, note: String?)
    case closeOperation(id: String, note: String?)
    /// A fact: a process of this version took the journal over.
    case started(version: String)
}

/// Why a key was revoked.
package enum RevocationReason: String, CaseIterable, Codable, Sendable {
    case lost, stolen, rotated
}

extension AdministrativeCommand: Codable {
    private enum CodingKeys: String, CodingKey {
        case putClient = "put_client"
        case putOperation = "put_operation"
        case addKey = "add_key"
        case revokeKey = "revoke_key"
        case openOperation = "open_operation"
        case closeOperation = "close_operation"
        case started
    }

    private enum PutOperationCodingKeys: String, CodingKey {
        case id, settings
        case dataKeyID = "data_key_id"
    }

    private enum AddKeyCodingKeys: String, CodingKey {
        case operation, digest
        case keyID = "key_id"
    }

    private enum RevokeKeyCodingKeys: String, CodingKey {
        case reason
        case keyID = "key_id"
    }
}
