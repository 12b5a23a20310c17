internal import Ledger
internal import Logging
internal import Vault

/// The keys of a data folder, or of the cluster in their place.
extension DataFolder {
    /// Opens the key store; the first start makes the master key.
    func openVault(
        masterKey: String, isGuarded: Bool = false
    ) throws(StartError) -> KeyVault {
        do {
            return try KeyVault(
                directory: path + "/keys", masterKeyPath: masterKey, masterKeyIsGuarded: isGuarded)
        } catch {
            throw .file("\(error)")
        }
    }

    /// Destroys the secrets of what is no more, where the process that took it away ended before it
    /// could: of operations that were reset or deleted (C18), and of webhooks that were removed.
    func finishErasures(
        _ vault: inout KeyVault, _ catalogue: Catalogue
    ) throws(StartError) {
        for erasure in DueErasure.all(in: catalogue) {
            do {
                try erasure.finish(in: &vault)
            } catch {
                throw .file("\(erasure): \(error)")
            }
        }
    }

    /// Reserves the leaves that the first entries are sealed under. More of them are left out where
    /// the folder is a copy, whose original may have given out leaves since.
    /// - Parameter lowest: above all that the journal has: the vault may be an older copy.
    func reserveLeaves(
        _ vault: inout KeyVault, from lowest: UInt64, _ logger: Logger
    ) throws(StartError) -> Range<UInt64> {
        let isCopy = try hasMoved()
        if isCopy {
            logger.notice(
                """
                the data folder is a copy, or was moved; leaving out keys that the original may use
                """,
                metadata: ["data": "\(path)"])
        }
        // Drawn, because several copies of one folder may go on: two of them hardly meet.
        let leftOut = isCopy ? UInt64.random(in: Self.leavesLeftOut) : 0
        let leaves: Range<UInt64>
        do {
            let start = max(lowest, vault.nextLeaf) + leftOut
            leaves = try vault.reserveLeaves(LeafPool.blockLeaves, from: start)
        } catch {
            throw .file("\(error)")
        }
        try keepPlace()
        return leaves
    }

    /// Of 2^48 in all. A copy shares no leaf with an original that gave out fewer than the lower
    /// bound since it was copied.
    private static var leavesLeftOut: ClosedRange<UInt64> { 1 << 24...1 << 32 }

    /// The keys of every operation in the catalogue, by its index, for entries to come.
    func operationKeys(
        _ vault: inout KeyVault, _ catalogue: Catalogue, _ logger: Logger
    ) throws(StartError) -> [UInt32: OperationKeys] {
        var keys: [UInt32: OperationKeys] = [:]
        do {
            try vault.readAhead()
        } catch {
            throw .file("\(error)")
        }
        defer { vault.endReadingAhead() }
        for index in catalogue.standing {
            let operation = catalogue.operations[Int(index)]
            do throws(KeyVaultError) {
                if let secrets = try vault.load(operation.dataKeyID) {
                    keys[index] = OperationKeys(secrets, from: vault.nextLeaf)
                    continue
                }
            } catch {
                throw .file("operation \(operation.id): \(error)")
            }
            let missing =
                "\(path)/keys/\(operation.dataKeyID).key: the key file of operation "
                + "\(operation.id) is missing"
            guard accepted.contains(.missingKeys) else {
                throw .file(
                    missing
                        + "; restore it from a backup of the folder. To go on without it, so that "
                        + "the operation takes no entries and nobody can read those it has, start "
                        + "with --accept missing-keys")
            }
            logger.warning(
                "accepted: an operation takes no entries", metadata: ["found": "\(missing)"])
        }
        return keys
    }
}
