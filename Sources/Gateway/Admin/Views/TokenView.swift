internal import Ledger
internal import Time

struct NewTokenView: Encodable {
    let tokenID: String
    /// Shown once.
    let token: String
    let role: String
    let expires: String

    private enum CodingKeys: String, CodingKey {
        case token, role, expires
        case tokenID = "token_id"
    }
}

/// The answer to a renewal.
struct RenewedTokenView: Encodable {
    let tokenID: String
    /// Shown once.
    let token: String
    let role: String
    let expires: String
    /// The token that was renewed, and from when on it is refused.
    let replaces: String
    let overlapUntil: String

    private enum CodingKeys: String, CodingKey {
        case token, role, expires, replaces
        case tokenID = "token_id"
        case overlapUntil = "overlap_until"
    }
}

struct TokenView: Encodable {
    /// What a token is good for now.
    enum State: String, CaseIterable {
        case valid
        /// Valid too, and watched.
        case suspected
        case expired, revoked
    }

    let tokenID: String
    let role: String
    let name: String
    let state: String
    let createdAt: String
    let expires: String
    /// Days until it expires, the one that has begun among them; 0 where it is refused.
    let daysLeft: Int
    let renewedBy: String?
    let revocation: RevocationView?
    let suspicion: SuspicionView?

    /// - Parameter now: the ledger's time.
    init(_ token: Catalogue.AccessToken, uses: SuspectedUses.Uses, at now: Timestamp) {
        let isRefused = token.revokedAt != nil || token.hasExpired(at: now)
        tokenID = token.id
        role = token.holder.role.rawValue
        name = token.holder.name
        createdAt = token.createdAt.rfc3339
        expires = token.expires.rfc3339
        daysLeft = isRefused ? 0 : TokenLifetime.daysLeft(until: token.expires, at: now)
        renewedBy = token.successor
        revocation = RevocationView(
            revokedAt: token.revokedAt, declaredAt: token.declaredAt, reason: token.reason)
        suspicion = SuspicionView(since: token.suspectedAt, uses)
        let state: State =
            if token.revokedAt != nil {
                .revoked
            } else if isRefused {
                .expired
            } else {
                token.suspectedAt == nil ? .valid : .suspected
            }
        self.state = state.rawValue
    }

    private enum CodingKeys: String, CodingKey {
        case role, name, state, expires
        case tokenID = "token_id"
        case createdAt = "created_at"
        case daysLeft = "days_left"
        case renewedBy = "renewed_by"
    }

    func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(tokenID, forKey: .tokenID)
        try members.encode(role, forKey: .role)
        try members.encode(name, forKey: .name)
        try members.encode(state, forKey: .state)
        try members.encode(createdAt, forKey: .createdAt)
        try members.encode(expires, forKey: .expires)
        try members.encode(daysLeft, forKey: .daysLeft)
        try members.encodeIfPresent(renewedBy, forKey: .renewedBy)
        try revocation?.encode(to: encoder)
        try suspicion?.encode(to: encoder)
    }
}

extension TokenView {
    static let shape = Shape.object(
        [
            .required("token_id", .text(1...64)), .required("role", .choice(of: TokenRole.self)),
            .required("name", TextLimit.name.shape), .required("state", .choice(of: State.self)),
            .required("created_at", .time), .required("expires", .time, "Refused from then on."),
            .required(
                "days_left", .count,
                "Days until it expires, the one that has begun among them; 0 once it is refused."),
            .optional("renewed_by", .text(1...64), "The token that took its place."), .changed,
        ] + RevocationView.members + SuspicionView.members)
}

extension NewTokenView {
    static let shape = Shape.object(members)
    static let members: [Shape.Member] = [
        .required("token_id", .text(1...64)), .required("role", .choice(of: TokenRole.self)),
        .required("token", .text(1...200), "The secret: shown once, kept by nobody."),
        .required("expires", .time, "Refused from then on."),
    ]
    static let body = Shape.object([
        .required("role", .choice(of: TokenRole.self)),
        .optional(
            "name", .nullable(TextLimit.name.shape),
            "Who holds it; of every role but client."),
        .optional("client", .nullable(.identifier), "Whose it is; of the role client."),
        expiry,
    ])
    fileprivate static let expiry = Shape.Member.optional(
        "expires", .nullable(.time),
        "Without it "
            + TokenRole.allCases.map { "\($0.defaultDays) days for \($0.rawValue)" }
            .joined(separator: ", ") + "; at most "
            + TokenRole.allCases.map { "\($0.maximumDays) for \($0.rawValue)" }
            .joined(separator: ", ") + ".")
}

extension RenewedTokenView {
    static let shape = Shape.object(
        NewTokenView.members + [
            .required("replaces", .text(1...64), "The token that was renewed."),
            .required("overlap_until", .time, "That one is refused from then on."),
        ])
    static let body = Shape.object([
        .optional(
            "overlap_seconds", .nullable(.integer(0...TokenLifetime.maximumOverlapSeconds)),
            "How long both work; default: \(TokenLifetime.overlapSeconds)."),
        NewTokenView.expiry,
    ])
}

extension TokenView: ListedView {
    static var listName: String { "tokens" }
    static var listedShape: Shape { .named("Token") }
}
