internal import Bytes
package import Contract
package import Time

/// What a person, or the process itself, tells the ledger beside entries.
///
/// The log keeps each one as JSON, so names and fields here are a stored format: cases and
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
    /// Lets somebody use the admin listener, as this author.
    case addToken(tokenID: String, holder: Author, digest: KeyDigest)
    /// Declares such a token lost, stolen or replaced (C16).
    case revokeToken(tokenID: String, reason: RevocationReason)
    case openOperation(id: String, note: String?)
    case closeOperation(id: String, note: String?)
    /// Announces more participants than any operation may have (C2); in place of an earlier one.
    case giveNotice(operation: String, expectedParticipants: UInt32, note: String?)
    case withdrawNotice(operation: String, note: String?)
    /// Declares a campaign (C1).
    case declareCampaign(operation: String, campaign: String, declaration: CampaignDeclaration)
    case withdrawCampaign(operation: String, campaign: String, note: String?)
    /// A person suspends an operation (C8); in place of an earlier suspension.
    case suspendOperation(
        id: String, ground: SuspensionGround, until: Timestamp?, isDefinitive: Bool, note: String)
    /// A person lets an operation in again, whoever suspended or smoothed it.
    case resumeOperation(id: String, note: String?)
    /// Lets so many entries a second in, at most; `nil`: as many as come.
    case setPace(operation: String, perSecond: UInt32?, note: String?)
    /// Sets an operation back to zero (C18): who entered is forgotten, what was set up and declared
    /// stays. `dataKeyID` names the key that seals what people give from now on.
    case resetOperation(id: String, dataKeyID: String, export: ExportReceipt)
    /// Takes an operation away for good (C18); its name may be given to another.
    case deleteOperation(id: String, export: ExportReceipt)
    /// By what the ladder goes from now on.
    case setPolicy(policy: Policy)
    /// A fact: this was measured.
    case measured(report: PressureReport)
    /// A fact: a campaign's tag that nobody declared brings a surge (C1).
    case unknownSource(surge: UnknownSource)
    /// A fact: a process of this version took the log over.
    case started(version: String)
}

/// A campaign's tag that was not declared, and what it brought.
package struct UnknownSource: Equatable, Codable, Sendable {
    package var operation: String
    package var source: String
    /// Entries that carried it within the window.
    package var entries: Int
    /// Of the operation's entries within the window, permille.
    package var permille: Int
    package var windowSeconds: Int

    package init(
        operation: String, source: String, entries: Int, permille: Int, windowSeconds: Int
    ) {
        self.operation = operation
        self.source = source
        self.entries = entries
        self.permille = permille
        self.windowSeconds = windowSeconds
    }

    /// Whether every figure is one that can have been measured.
    var isPlausible: Bool {
        (1...LedgerLimits.sourceBytes).contains(source.utf8.count) && entries >= 0
            && (0...1_000).contains(permille) && windowSeconds >= 0
    }

    private enum CodingKeys: String, CodingKey {
        case operation, source, entries, permille
        case windowSeconds = "window_seconds"
    }
}

/// The export that went before a reset or a deletion (C18).
package struct ExportReceipt: Equatable, Codable, Sendable {
    /// Its name in the folder of exports.
    package var file: String
    /// SHA-256 of its content, hexadecimal.
    package var sha256: String
    package var entries: UInt64
    package var participants: UInt32

    package init(file: String, sha256: String, entries: UInt64, participants: UInt32) {
        self.file = file
        self.sha256 = sha256
        self.entries = entries
        self.participants = participants
    }
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
        case addToken = "add_token"
        case revokeToken = "revoke_token"
        case openOperation = "open_operation"
        case closeOperation = "close_operation"
        case giveNotice = "give_notice"
        case withdrawNotice = "withdraw_notice"
        case declareCampaign = "declare_campaign"
        case withdrawCampaign = "withdraw_campaign"
        case suspendOperation = "suspend_operation"
        case resumeOperation = "resume_operation"
        case setPace = "set_pace"
        case resetOperation = "reset_operation"
        case deleteOperation = "delete_operation"
        case setPolicy = "set_policy"
        case unknownSource = "unknown_source"
        case measured, started
    }

    private enum AddTokenCodingKeys: String, CodingKey {
        case holder, digest
        case tokenID = "token_id"
    }

    private enum RevokeTokenCodingKeys: String, CodingKey {
        case reason
        case tokenID = "token_id"
    }

    private enum GiveNoticeCodingKeys: String, CodingKey {
        case operation, note
        case expectedParticipants = "expected_participants"
    }

    private enum SuspendOperationCodingKeys: String, CodingKey {
        case id, ground, until, note
        case isDefinitive = "definitive"
    }

    private enum SetPaceCodingKeys: String, CodingKey {
        case operation, note
        case perSecond = "per_second"
    }

    private enum ResetOperationCodingKeys: String, CodingKey {
        case id, export
        case dataKeyID = "data_key_id"
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
