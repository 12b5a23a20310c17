internal import Ledger
internal import Time

struct NewTokenView: Encodable {
    let tokenID: String
    /// Shown once.
    let token: String
    let role: String

    private enum CodingKeys: String, CodingKey {
        case token, role
        case tokenID = "token_id"
    }
}

struct TokenView: Encodable {
    let tokenID: String
    let role: String
    let name: String
    let createdAt: String
    let revokedAt: String?
    let reason: String?

    init(_ token: Catalogue.AccessToken) {
        tokenID = token.id
        role = token.holder.role.rawValue
        name = token.holder.name
        createdAt = token.createdAt.rfc3339
        revokedAt = token.revokedAt?.rfc3339
        reason = token.reason?.rawValue
    }

    private enum CodingKeys: String, CodingKey {
        case role, name, reason
        case tokenID = "token_id"
        case createdAt = "created_at"
        case revokedAt = "revoked_at"
    }
}

struct TokensView: Encodable {
    let tokens: [TokenView]
    let next: String?
}

extension TokenView {
    static let shape = Shape.object([
        .required("token_id", .text(1...64)), .required("role", .choice(of: TokenRole.self)),
        .required("name", TextLimit.name.shape), .required("created_at", .time),
        .optional("revoked_at", .time),
        .optional("reason", .choice(of: RevocationReason.self)), .changed,
    ])
}

extension NewTokenView {
    static let shape = Shape.object([
        .required("token_id", .text(1...64)), .required("role", .choice(of: TokenRole.self)),
        .required("token", .text(1...200), "The secret: shown once, kept by nobody."),
    ])
    static let body = Shape.object([
        .required("role", .choice(of: TokenRole.self)),
        .optional(
            "name", .nullable(TextLimit.name.shape),
            "Who holds it; of every role but client."),
        .optional("client", .nullable(.identifier), "Whose it is; of the role client."),
    ])
}

extension TokensView {
    static let shape = ListPage.shape("tokens", of: .named("Token"))
}
