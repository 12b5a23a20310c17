internal import Bytes
internal import Contract
internal import Ledger
internal import Time

struct KeyView: Encodable {
    let keyID: String
    let frontEnd: FrontEndKind
    let createdAt: String
    let revocation: RevocationView?
    let suspicion: SuspicionView?

    init(_ key: Catalogue.FrontEndKey, uses: SuspectedUses.Uses) {
        keyID = key.id
        frontEnd = key.frontEnd
        createdAt = key.createdAt.rfc3339
        revocation = RevocationView(
            revokedAt: key.revokedAt, declaredAt: key.declaredAt, reason: key.reason)
        suspicion = SuspicionView(since: key.suspectedAt, uses)
    }

    private enum CodingKeys: String, CodingKey {
        case keyID = "key_id"
        case frontEnd = "front_end"
        case createdAt = "created_at"
    }

    func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(keyID, forKey: .keyID)
        try members.encode(frontEnd, forKey: .frontEnd)
        try members.encode(createdAt, forKey: .createdAt)
        try revocation?.encode(to: encoder)
        try suspicion?.encode(to: encoder)
    }
}

struct NewKeyView: Encodable {
    let keyID: String
    let key: String
    let operation: String
    let frontEnd: FrontEndKind

    private enum CodingKeys: String, CodingKey {
        case key, operation
        case keyID = "key_id"
        case frontEnd = "front_end"
    }
}

extension KeyView {
    static let frontEnd = Shape.Member.required(
        "front_end", .choice(of: FrontEndKind.self), "What posts entries with the key.")
    static let shape = Shape.object(
        [
            .required("key_id", .text(1...64)), frontEnd, .required("created_at", .time),
            .changed,
        ] + RevocationView.members + SuspicionView.members)
}

extension KeyView: ListedView {
    static var listName: String { "keys" }
}

extension NewKeyView {
    static let shape = Shape.object([
        .required("key_id", .text(1...64)),
        .required("key", .text(1...200), "The secret: shown once, kept by nobody."),
        .required("operation", .identifier), KeyView.frontEnd,
    ])
    /// The request.
    static let body = Shape.object([
        .optional(
            "front_end", .nullable(.choice(of: FrontEndKind.self)),
            "What posts entries with the key: a browser, the default (also an app: each person's "
                + "own device), or a server, which posts for its visitors. Under a server's key, "
                + "which is a secret, the heads, addresses and origins of requests are not "
                + "judged; what rhythm and cohort say of participants is.")
    ])
}
