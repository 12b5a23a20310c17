internal import Bytes
internal import Cryptography
internal import Ledger
internal import Projections
internal import Synchronization
internal import Wire

/// Front-end keys (C16).
struct KeyHandlers {
    let control: Control

    init(_ control: Control) {
        self.control = control
    }

    /// Keys of one operation, the revoked ones too: whoever makes keys for it cannot use up
    /// everybody's. The ledger does not hold to it: it reads what was written without it.
    private static var keysOfOperation: Int { 1_000 }

    func add(_ call: AdminCall) async throws(Problem) -> ControlReply {
        var body = try call.bodyReader()
        let frontEnd = body.choice("front_end", default: FrontEndKind.browser)
        try body.finish()
        let operation = call["operation"]
        let known = control.shared.projected.catalogue.operation(operation)?.keys.count ?? 0
        guard known < Self.keysOfOperation else {
            throw Problem(.limitReached(name: "keys of the operation", limit: Self.keysOfOperation))
        }
        let id = Token.identifier(prefix: "k")
        let key = Token.secret(prefix: "pk_")
        guard let digest = KeyDigest(Token.digest(of: key).bytes) else {
            preconditionFailure("a SHA-256 digest has 32 bytes")
        }
        _ = try await control.decide(
            .access(
                .addKey(operation: operation, keyID: id, digest: digest, frontEnd: frontEnd)),
            by: call.author)
        return .view(
            NewKeyView(keyID: id, key: key, operation: operation, frontEnd: frontEnd), .created)
    }

    func revoke(_ call: AdminCall) async throws(Problem) -> ControlReply {
        let id = call["key_id"]
        var body = try call.bodyReader()
        let reason: RevocationReason = body.choice("reason", default: .rotated)
        let declared = body.optionalTime("declared_at")
        try body.finish()
        let decision = try await control.decide(
            .access(.revokeKey(keyID: id, reason: reason, declared: declared)), by: call.author)
        return try view(of: id, after: decision)
    }

    /// Watches a key: it works as before, and its uses are counted, shown and logged.
    func suspect(_ call: AdminCall) async throws(Problem) -> ControlReply {
        let id = call["key_id"]
        var body = try call.bodyReader()
        let note = body.note()
        try body.finish()
        let decision = try await control.decide(
            .access(.suspectKey(keyID: id, note: note)), by: call.author)
        return try view(of: id, after: decision)
    }

    private func view(
        of id: String, after decision: Control.Decision
    ) throws(Problem) -> ControlReply {
        let catalogue = control.shared.projected.catalogue
        guard let index = catalogue.keyIndex(id) else { throw .notFound }
        return .view(
            ChangedView(
                view: OperationReader(control).key(index, catalogue),
                changed: decision.change != .none))
    }
}
