internal import Ledger
internal import Time

/// What the holder of a token is told of it.
struct OwnTokenView: Encodable {
    let role: String
    let name: String
    /// Nil for the admin token, which is in a file, and does not expire.
    let tokenID: String?
    let expires: String?
    let daysLeft: Int?
    /// The requests that the role permits, as the route table has them.
    let routes: [String]

    /// - Parameters:
    ///   - token: the one that the call carries; nil for the admin token.
    ///   - now: the ledger's time.
    init(_ holder: Author, _ token: Catalogue.AccessToken?, at now: Timestamp) {
        role = holder.role.rawValue
        name = holder.name
        tokenID = token?.id
        expires = token?.expires.rfc3339
        daysLeft = token.map { TokenLifetime.daysLeft(until: $0.expires, at: now) }
        routes = AdminRouteTable.routes.filter { $0.permission.roles.contains(holder.role) }
            .map { "\($0.method) \($0.pattern.text)" }
    }

    private enum CodingKeys: String, CodingKey {
        case role, name, expires, routes
        case tokenID = "token_id"
        case daysLeft = "days_left"
    }
}

extension OwnTokenView {
    static let shape = Shape.object([
        .required("role", .choice(["admin"] + TokenRole.allCases.map(\.rawValue))),
        .required("name", TextLimit.name.shape),
        .optional("token_id", .text(1...64), "Absent for the token in `admin.token`."),
        .optional("expires", .time, "Refused from then on."),
        .optional("days_left", .count, "Days until it expires, the one that has begun among them."),
        .required(
            "routes", .array(.text(1...200), maximum: maximumRoutes),
            "Requests that the role permits: method and path, as in this document. What a client "
                + "may use them for is its own."),
    ])

    private static var maximumRoutes: Int { 1_000 }
}
