internal import Bytes
internal import Contract
internal import Ledger
internal import Time

struct KeyView: Encodable {
    let keyID: String
    let createdAt: String
    let revokedAt: String?
    let reason: String?

    init(_ key: Catalogue.FrontEndKey) {
        keyID = key.id
        createdAt = key.createdAt.rfc3339
        revokedAt = key.revokedAt?.rfc3339
        reason = key.reason?.rawValue
    }

    private enum CodingKeys: String, CodingKey {
        case reason
        case keyID = "key_id"
        case createdAt = "created_at"
        case revokedAt = "revoked_at"
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
    static let shape = Shape.object([
        .required("key_id", .text(1...64)), .required("created_at", .time),
        .optional("revoked_at", .time),
        .optional("reason", .choice(of: RevocationReason.self)), .changed,
    ])
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
