internal import Bytes
internal import Cryptography
internal import Ledger
internal import Projections
internal import Synchronization
internal import Wire

/// Tokens of the admin listener (C16).
struct TokenHandlers {
    let control: Control

    init(_ control: Control) {
        self.control = control
    }

    func add(_ call: AdminCall) async throws(Problem) -> ControlReply {
        var body = try call.bodyReader()
        let role: TokenRole = body.requiredChoice("role", default: .scrape)
        let name = body.text(role == .client ? "client" : "name", .name)
        try body.finish()
        let id = Token.identifier(prefix: "t")
        let token = Token.secret(prefix: role.prefix)
        guard let digest = KeyDigest(Token.digest(of: token).bytes) else {
            preconditionFailure("a SHA-256 digest has 32 bytes")
        }
        let holder = Author(role.role, name: name)
        _ = try await control.decide(
            .access(.addToken(tokenID: id, holder: holder, digest: digest)), by: call.author)
        return .view(NewTokenView(tokenID: id, token: token, role: role.rawValue), .created)
    }

    func revoke(_ call: AdminCall) async throws(Problem) -> ControlReply {
        let id = call["token_id"]
        var body = try call.bodyReader()
        let reason: RevocationReason = body.choice("reason", default: .rotated)
        try body.finish()
        let decision = try await control.decide(
            .access(.revokeToken(tokenID: id, reason: reason)), by: call.author)
        let token = control.shared.projected.catalogue.tokens.first { $0.id == id }
        guard let token else { throw .notFound }
        return .view(ChangedView(view: TokenView(token), changed: decision.change != .none))
    }

    func list(_ call: AdminCall) throws(Problem) -> ControlReply {
        let page = try call.pageRequest()
        let tokens = control.shared.projected.catalogue.tokens
        let found = ListPage(page, of: tokens.count)
        return .view(
            TokensView(
                tokens: found.places.map { TokenView(tokens[$0]) }, next: found.next))
    }
}
