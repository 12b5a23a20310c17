internal import Bytes
internal import Cryptography
internal import Ledger
internal import Projections
internal import Synchronization
internal import Time
internal import Wire

/// Who may do what on the admin listener (C16, C17).
extension Control {
    /// - Parameter place: the path's parts behind `v1`.
    /// - Throws: ``Problem`` 403 where the role does not go so far; 404 for what is another
    ///   client's: that it exists is none of this one's business.
    func requirePermission(
        _ author: Author, _ request: ControlRequest, _ place: [String]
    ) throws(Problem) {
        switch author.role {
        case .admin, .gateway: return
        case .scrape: throw .forbidden
        case .operator:
            let isMeasure =
                place.count == 3 && place[0] == "operations"
                && ["suspend", "resume"].contains(place[2])
            guard place.first != "tokens", request.isRead || isMeasure else { throw .forbidden }
        case .client: try requireOwn(author, request, place)
        }
    }

    /// What a client may do beside reading: declare, open and close, make and revoke keys.
    private static let clientParts: Set<String> = [
        "traffic-notice", "campaigns", "keys", "open", "close",
    ]

    private func requireOwn(
        _ author: Author, _ request: ControlRequest, _ place: [String]
    ) throws(Problem) {
        switch (place.first, place.count) {
        case ("operations", 1): return
        case ("operations", 2...):
            guard owner(ofOperation: place[1]) == author.name else { throw .unknownOperation }
            let isPart = place.count > 2 && Self.clientParts.contains(place[2])
            guard request.isRead || isPart else { throw .forbidden }
        case ("keys", 3):
            guard owner(ofKey: place[1]) == author.name else { throw .notFound }
        default: throw .forbidden
        }
    }

    private func owner(ofOperation id: String) -> String? {
        shared.projected.catalogue.operation(id)?.client
    }

    private func owner(ofKey id: String) -> String? {
        let catalogue = shared.projected.catalogue
        return catalogue.keyIndex(id)
            .map { catalogue.operations[Int(catalogue.keys[Int($0)].operation)].client }
    }

    // MARK: Tokens

    func addToken(_ request: ControlRequest, by author: Author) async throws(Problem)
        -> ControlReply
    {
        var body = try bodyReader(request)
        let role: TokenRole = body.requiredChoice("role", default: .scrape)
        let name = body.string(role == .client ? "client" : "name")
        try body.finish()
        let id = Token.identifier(prefix: "t")
        let token = Token.secret(prefix: role.prefix)
        guard let digest = KeyDigest(Token.digest(of: token).bytes) else {
            preconditionFailure("a SHA-256 digest has 32 bytes")
        }
        let holder = Author(role.role, name: name)
        _ = try await decide(
            .addToken(tokenID: id, holder: holder, digest: digest), by: author)
        return .view(NewTokenView(tokenID: id, token: token, role: role.rawValue), .created)
    }

    func revokeToken(
        _ id: String, _ request: ControlRequest, by author: Author
    ) async throws(Problem) -> ControlReply {
        var body = try bodyReader(request)
        let reason: RevocationReason = body.choice("reason", default: .rotated)
        try body.finish()
        _ = try await decide(.revokeToken(tokenID: id, reason: reason), by: author)
        let token = shared.projected.catalogue.tokens.first { $0.id == id }
        guard let token else { throw .notFound }
        return .view(TokenView(token))
    }

    func tokensView() -> TokensView {
        TokensView(tokens: shared.projected.catalogue.tokens.map(TokenView.init))
    }
}

/// The roles that tokens are made for; the admin's is in a file.
enum TokenRole: String, CaseIterable {
    case `operator`, client, scrape

    var role: Author.Role {
        switch self {
        case .operator: .operator
        case .client: .client
        case .scrape: .scrape
        }
    }

    /// What its tokens begin with.
    var prefix: String {
        switch self {
        case .operator: "ot_"
        case .client: "ck_"
        case .scrape: "st_"
        }
    }
}

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
}
