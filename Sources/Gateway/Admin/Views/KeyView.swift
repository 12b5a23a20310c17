internal import Bytes
internal import Contract
internal import Ledger
internal import Time

struct KeyView: Encodable {
    let keyID: String
    let createdAt: String
    let revocation: RevocationView?
    let suspicion: SuspicionView?

    init(_ key: Catalogue.FrontEndKey, uses: SuspectedUses.Uses) {
        keyID = key.id
        createdAt = key.createdAt.rfc3339
        revocation = RevocationView(
            revokedAt: key.revokedAt, declaredAt: key.declaredAt, reason: key.reason)
        suspicion = SuspicionView(since: key.suspectedAt, uses)
    }

    private enum CodingKeys: String, CodingKey {
        case keyID = "key_id"
        case createdAt = "created_at"
    }

    func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(keyID, forKey: .keyID)
        try members.encode(createdAt, forKey: .createdAt)
        try revocation?.encode(to: encoder)
        try suspicion?.encode(to: encoder)
    }
}

struct KeysView: Encodable {
    let keys: [KeyView]
    let next: String?
}

struct NewKeyView: Encodable {
    let keyID: String
    let key: String
    let operation: String

    private enum CodingKeys: String, CodingKey {
        case key, operation
        case keyID = "key_id"
    }
}

extension KeyView {
    static let shape = Shape.object(
        [.required("key_id", .text(1...64)), .required("created_at", .time), .changed]
            + RevocationView.members + SuspicionView.members)
}

extension KeysView {
    static let shape = ListPage.shape("keys", of: KeyView.shape)
}

extension NewKeyView {
    static let shape = Shape.object([
        .required("key_id", .text(1...64)),
        .required("key", .text(1...200), "The secret: shown once, kept by nobody."),
        .required("operation", .identifier),
    ])
}
