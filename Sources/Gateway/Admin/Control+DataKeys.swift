internal import Logging
internal import Synchronization
internal import Vault

/// Operations' secrets, on disk before the ledger hears of them.
extension Control {
    /// A new operation's secrets, on disk before the ledger hears of it.
    func createDataKey(_ id: String) throws(Problem) -> OperationKeys {
        // By its path the key would come into whatever folder is there now.
        guard !shared.health.isStoreLost else {
            shared.instruments.countRefusedChange()
            throw EntryVerdict.noSpace.problem
        }
        do {
            return try vault.withLock { vault throws(KeyVaultError) in
                OperationKeys(try vault.create(id), from: vault.nextLeaf)
            }
        } catch {
            shared.logger.error("cannot store an operation's key", metadata: ["error": "\(error)"])
            shared.instruments.countRefusedChange()
            throw EntryVerdict.noSpace.problem
        }
    }

    /// A key that no operation came to use.
    func discard(dataKey id: String) {
        do {
            _ = try vault.withLock { vault throws(KeyVaultError) in
                try vault.destroy(id)
            }
        } catch {
            shared.logger.warning(
                "cannot remove an unused operation's key",
                metadata: ["key": "\(id)", "error": "\(error)"])
        }
    }

    // MARK: Leaves

    /// All leaves below are in the journal, or may be: the vault may be an older copy than it.
    func leavesBegin(at lowest: UInt64) { lowestLeaf.store(lowest, ordering: .relaxed) }

    /// Fills the pool of leaves from the vault, soon. Any thread may; the pool asks one at a time.
    func refillLeaves() {
        Task(executorPreference: executors.upkeep) {
            // By its path the record of leaves would come into whatever folder is there now.
            guard !self.shared.health.isStoreLost else {
                // It throws where the task is cancelled, and nothing cancels it.
                try? await Task.sleep(for: .seconds(1))
                return self.shared.leaves.refillFailed()
            }
            do throws(KeyVaultError) {
                let block = try self.vault.withLock { vault throws(KeyVaultError) in
                    try vault.reserveLeaves(
                        LeafPool.blockLeaves,
                        from: self.lowestLeaf.load(ordering: .relaxed))
                }
                self.shared.leaves.add(block)
            } catch {
                self.shared.logger.error(
                    "cannot reserve leaves; entries are refused when those at hand run out",
                    metadata: ["error": "\(error)"])
                // It throws where the task is cancelled, and nothing cancels it.
                try? await Task.sleep(for: .seconds(1))
                self.shared.leaves.refillFailed()
            }
        }
    }
}
