internal import Logging
internal import Synchronization
internal import Vault

/// Operations' data keys, on disk before the ledger hears of them.
extension Control {
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
            shared.logger.error("cannot store a data key", metadata: ["error": "\(error)"])
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
                "cannot remove an unused data key",
                metadata: ["key": "\(created.id)", "error": "\(error)"])
        }
    }
}
