internal import Bytes
internal import Cryptography
internal import Ledger
internal import Projections
internal import Synchronization
internal import Time
internal import Wire

/// Tokens of the admin listener (C16).
struct TokenHandlers {
    let control: Control

    init(_ control: Control) {
        self.control = control
    }

    /// Says whose the call's token is, and what it permits.
    func own(_ call: AdminCall) -> ControlReply {
        let now = control.shared.ledgerTime
        let credential = control.tokens.credential(
            call.request.authorization, among: control.shared.projected, at: now)
        let token: Catalogue.AccessToken? =
            if case .token(_, let token) = credential { token } else { nil }
        return .view(OwnTokenView(call.author, token, at: now))
    }

    func add(_ call: AdminCall) async throws(Problem) -> ControlReply {
        var body = try call.bodyReader()
        let role: TokenRole = body.requiredChoice("role", default: .scrape)
        let name = body.text(role == .client ? "client" : "name", .name)
        let expires = expires(&body, role)
        try body.finish()
        let made = made(of: role)
        let holder = Author(role.role, name: name)
        _ = try await control.decide(
            .access(
                .addToken(
                    tokenID: made.id, holder: holder, digest: made.digest, expires: expires)),
            by: call.author)
        return .view(
            NewTokenView(
                tokenID: made.id, token: made.secret, role: role.rawValue,
                expires: expires.rfc3339),
            .created)
    }

    /// Makes a token for the holder of another one, which goes on for a time: so that nothing stops
    /// while the new one is put in place.
    func renew(_ call: AdminCall) async throws(Problem) -> ControlReply {
        let id = call["token_id"]
        var body = try call.bodyReader()
        guard let old = token(id), let role = TokenRole(old.holder.role) else {
            throw Problem(CommandRefusal.unknownToken(id))
        }
        let expires = expires(&body, role)
        let overlap = overlapSeconds(&body)
        try body.finish()
        let made = made(of: role)
        let now = control.shared.ledgerTime
        let renewal = TokenRenewal(
            tokenID: made.id, digest: made.digest, expires: expires,
            overlapUntil: now.advanced(byMilliseconds: Int64(overlap) * 1_000))
        _ = try await control.decide(
            .access(.renewToken(tokenID: id, renewal)), by: call.author)
        return .view(
            RenewedTokenView(
                tokenID: made.id, token: made.secret, role: role.rawValue,
                expires: expires.rfc3339, replaces: id,
                overlapUntil: (token(id)?.expires ?? renewal.overlapUntil).rfc3339),
            .created)
    }

    func revoke(_ call: AdminCall) async throws(Problem) -> ControlReply {
        let id = call["token_id"]
        var body = try call.bodyReader()
        let reason: RevocationReason = body.choice("reason", default: .rotated)
        let declared = body.optionalTime("declared_at")
        try body.finish()
        let decision = try await control.decide(
            .access(.revokeToken(tokenID: id, reason: reason, declared: declared)),
            by: call.author)
        return try view(of: id, after: decision)
    }

    func suspect(_ call: AdminCall) async throws(Problem) -> ControlReply {
        let id = call["token_id"]
        var body = try call.bodyReader()
        let note = body.note()
        try body.finish()
        let decision = try await control.decide(
            .access(.suspectToken(tokenID: id, note: note)), by: call.author)
        return try view(of: id, after: decision)
    }

    func list(_ call: AdminCall) throws(Problem) -> ControlReply {
        let page = try call.pageRequest()
        let tokens = control.shared.projected.catalogue.tokens
        let found = ListPage(page, of: tokens.count)
        return .view(
            ListView(found) { view(of: tokens[$0], at: $0) })
    }

    // MARK: Views

    private func token(_ id: String) -> Catalogue.AccessToken? {
        control.shared.projected.catalogue.tokens.first { $0.id == id }
    }

    private func view(
        of id: String, after decision: Control.Decision
    ) throws(Problem) -> ControlReply {
        let tokens = control.shared.projected.catalogue.tokens
        guard let index = tokens.firstIndex(where: { $0.id == id }) else { throw .notFound }
        return .view(
            ChangedView(
                view: view(of: tokens[index], at: index), changed: decision.change != .none))
    }

    private func view(of token: Catalogue.AccessToken, at index: Int) -> TokenView {
        TokenView(
            token, uses: control.shared.suspectedUses.uses(of: .token(UInt32(index))),
            at: control.shared.ledgerTime)
    }

    // MARK: What is made

    private func made(of role: TokenRole) -> (id: String, secret: String, digest: KeyDigest) {
        let secret = Token.secret(prefix: role.prefix)
        guard let digest = KeyDigest(Token.digest(of: secret).bytes) else {
            preconditionFailure("a SHA-256 digest has 32 bytes")
        }
        return (Token.identifier(prefix: "t"), secret, digest)
    }

    /// When a token of this role expires: as asked for, within what the role may have.
    private func expires(_ body: inout BodyReader, _ role: TokenRole) -> Timestamp {
        let now = control.shared.ledgerTime
        func after(days: Int) -> Timestamp {
            now.advanced(byMilliseconds: Int64(days) * TokenLifetime.dayMilliseconds)
        }
        guard let asked = body.optionalTime("expires") else {
            return after(days: role.defaultDays)
        }
        let latest = after(days: role.maximumDays)
        if asked <= now {
            body.addError("expires", "Must be in the future.")
        } else if asked > latest {
            body.addError(
                "expires",
                "Must be at most \(role.maximumDays) days ahead for the role \(role.rawValue): "
                    + "\(latest.rfc3339) at the latest.")
        }
        return asked
    }

    private func overlapSeconds(_ body: inout BodyReader) -> Int {
        guard let seconds = body.optionalInteger("overlap_seconds") else {
            return TokenLifetime.overlapSeconds
        }
        let range = 0...TokenLifetime.maximumOverlapSeconds
        if !range.contains(seconds) {
            body.addError(
                "overlap_seconds", "Must be a whole number from 0 to \(range.upperBound).")
        }
        return range.contains(seconds) ? seconds : TokenLifetime.overlapSeconds
    }
}
