internal import Logging
internal import Synchronization
internal import Vault

/// Operations' secrets, on disk before the ledger hears of them.
extension Control {
    /// A new operation's secrets, on disk before the ledger hears of it.
    func createDataKey(_ id: String) async throws(Problem) -> OperationKeys {
        // By its path the key would come into whatever folder is there now.
        guard !shared.health.isStoreLost else {
            shared.instruments.countRefusedChange()
            throw EntryVerdict.noSpace.problem
        }
        do throws(VaultFailure) {
            return try await secrets.ask { vault throws(KeyVaultError) in
                OperationKeys(try vault.create(id), from: vault.nextLeaf)
            } whenLate: { result in
                // The change was given up before the ledger heard of it.
                if case .success = result { self.destroyUnused(id) }
            }
        } catch {
            guard case .failed(let error) = error else { throw refuseForKeys() }
            shared.logger.error("cannot store an operation's key", metadata: ["error": "\(error)"])
            shared.instruments.countRefusedChange()
            throw EntryVerdict.noSpace.problem
        }
    }

    /// What is refused because the keys do not answer; nothing has changed. It is counted.
    func refuseForKeys() -> Problem {
        shared.instruments.countRefusedChange()
        return .keysUnavailable
    }

    /// The secrets of an operation, to be received once; nil where they are gone.
    /// - Throws: ``Problem`` where the disk hangs; what the vault throws.
    func loadSecrets(_ id: String) async throws -> ThreadHandover<OperationSecrets?> {
        do throws(VaultFailure) {
            return try await secrets.ask { vault throws(KeyVaultError) in
                ThreadHandover(try vault.load(id))
            }
        } catch {
            if let cause = error.cause { throw cause }
            throw Problem.keysUnavailable
        }
    }

    /// Destroys a key that no operation came to use.
    func discard(dataKey id: String) async {
        // Nobody is told that it takes longer: the change was refused for another reason.
        try? await destroy({ self.reportUnused(id, $0) }) { vault throws(KeyVaultError) in
            _ = try vault.destroy(id)
        }
    }

    /// The same on the vault's thread.
    private func destroyUnused(_ id: String) {
        do throws(KeyVaultError) {
            _ = try secrets.work { vault throws(KeyVaultError) in
                try vault.destroy(id)
            }
        } catch {
            reportUnused(id, error)
        }
    }

    private func reportUnused(_ id: String, _ error: KeyVaultError) {
        shared.logger.warning(
            "cannot remove an unused operation's key",
            metadata: ["key": "\(id)", "error": "\(error)"])
    }

    // MARK: Leaves

    /// All leaves below are in the journal, or may be: the vault may be an older copy than it.
    func leavesBegin(at lowest: UInt64) { lowestLeaf.store(lowest, ordering: .relaxed) }

    /// Fills the pool of leaves from the vault, soon. Any thread may; the pool asks one at a time.
    func refillLeaves() {
        secrets.post {
            // By its path the record of leaves would come into whatever folder is there now.
            guard !self.shared.health.isStoreLost else {
                // It throws where the task is cancelled, and nothing cancels it.
                try? await Task.sleep(for: .seconds(1))
                return self.shared.leaves.refillFailed()
            }
            do throws(KeyVaultError) {
                let block = try self.secrets.work { vault throws(KeyVaultError) in
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
