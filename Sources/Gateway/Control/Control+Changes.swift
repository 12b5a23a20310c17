internal import Bytes
internal import Contract
internal import Cryptography
internal import Foundation
internal import Ledger
internal import Log
internal import Logging
internal import Projections
internal import Synchronization
internal import Time
internal import Vault
internal import Wire

/// What an operator changes: clients, operations, keys.
extension Control {
    func putClient(
        _ id: String, _ request: ControlRequest, by author: Author
    ) async throws(Problem) -> ControlReply {
        var body = try bodyReader(request)
        let name = body.string("name")
        try body.finish()
        let change = try await decide(.putClient(id: id, name: name), by: author).change
        var isNew = false
        if case .clientAdded = change { isNew = true }
        return .view(ClientView(client: id, name: name), isNew ? .created : .ok)
    }

    func putOperation(
        _ id: String, _ request: ControlRequest, by author: Author
    ) async throws(Problem) -> ControlReply {
        let settings = try settings(request)
        // Also for one that is there: by the time this is decided it may have been deleted.
        let created = try createDataKey()
        let change: Change
        do {
            change = try await decide(
                .putOperation(id: id, settings: settings, dataKeyID: created.id), by: author,
                keys: created.keys
            ).change
        } catch {
            discard(created)
            throw error
        }
        guard case .operationAdded = change else {
            // It has a key of its own.
            discard(created)
            return .view(try operation(named: id))
        }
        return .view(try operation(named: id), .created)
    }

    private func settings(_ request: ControlRequest) throws(Problem) -> OperationSettings {
        var body = try bodyReader(request)
        let zone = body.optionalString("time_zone") ?? "UTC"
        let localTime = LocalTime.resolving(zone, around: SystemClock.wallClock())
        if localTime == nil {
            body.addError("time_zone", "This is a time zone's IANA name, such as Europe/Paris.")
        }
        let settings = OperationSettings(
            client: body.string("client"), title: body.string("title"),
            opens: body.optionalTime("opens"), closes: body.optionalTime("closes"),
            rule: body.choice("rule", default: .once), timeZone: zone,
            localTime: localTime ?? .utc, minimumAge: body.optionalInteger("minimum_age"),
            consents: body.strings("consents"), allowedOrigins: body.strings("allowed_origins"),
            robots: body.choice("robots", default: .off),
            policy: body.choice("policy", default: .advise))
        try body.finish()
        return settings
    }

    // MARK: Data keys

    struct CreatedKey {
        let id: String
        let keys: OperationKeys
    }

    /// A new operation's data key, on disk before the ledger hears of it.
    func createDataKey() throws(Problem) -> CreatedKey {
        let id = Token.identifier(prefix: "d")
        do {
            let key = try vault.withLock { vault throws(KeyVaultError) in try vault.create(id) }
            return CreatedKey(id: id, keys: OperationKeys(dataKey: key))
        } catch {
            shared.logger.error("no data key could be stored", metadata: ["error": "\(error)"])
            throw EntryVerdict.noSpace.problem
        }
    }

    /// A key that no operation came to use.
    func discard(_ created: CreatedKey) {
        do {
            _ = try vault.withLock { vault throws(KeyVaultError) in
                try vault.destroy(created.id)
            }
        } catch {
            shared.logger.warning(
                "an unused data key stays behind",
                metadata: ["key": "\(created.id)", "error": "\(error)"])
        }
    }

    // MARK: Front-end keys

    /// Keys of one operation, the revoked ones too: whoever makes keys for it cannot use up
    /// everybody's. The ledger does not hold to it: it reads what was written without it.
    private static var keysOfOperation: Int { 1_000 }

    func addKey(
        to operation: String, by author: Author
    ) async throws(Problem) -> ControlReply {
        let known = shared.projected.catalogue.operation(operation)?.keys.count ?? 0
        guard known < Self.keysOfOperation else {
            throw Problem(.limitReached(name: "keys of the operation", limit: Self.keysOfOperation))
        }
        let id = Token.identifier(prefix: "k")
        let key = Token.secret(prefix: "pk_")
        guard let digest = KeyDigest(Token.digest(of: key).bytes) else {
            preconditionFailure("a SHA-256 digest has 32 bytes")
        }
        _ = try await decide(
            .addKey(operation: operation, keyID: id, digest: digest), by: author)
        return .view(NewKeyView(keyID: id, key: key, operation: operation), .created)
    }

    func revokeKey(
        _ id: String, _ request: ControlRequest, by author: Author
    ) async throws(Problem) -> ControlReply {
        var body = try bodyReader(request)
        let reason: RevocationReason = body.choice("reason", default: .rotated)
        try body.finish()
        _ = try await decide(.revokeKey(keyID: id, reason: reason), by: author)
        let catalogue = shared.projected.catalogue
        guard let index = catalogue.keyIndex(id) else { throw .notFound }
        return .view(KeyView(catalogue.keys[Int(index)]))
    }
}
