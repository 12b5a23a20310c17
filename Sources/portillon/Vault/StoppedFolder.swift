import Bytes
import Files
import Ledger
import Log
import Snapshots
import Vault

/// The data folder of a gateway that is not running, held so that none starts meanwhile.
struct StoppedFolder: ~Copyable {
    /// Operations that stand: neither deleted nor replaced by a reset.
    let operations: [Catalogue.Operation]
    private(set) var vault: KeyVault
    private let lock: LogLock

    /// - Throws: ``CommandFailure`` 74 where a gateway has the folder, it is none, or is damaged.
    init(_ data: String, masterKey: String?) throws(CommandFailure) {
        let journal = JournalFolder(data, takesArchive: false)
        guard Folder.exists(data + "/keys"), journal.hasSegments else {
            throw CommandFailure(
                .inputOutput,
                "\(data): is not a gateway's data folder: it needs keys/ and a journal/ with "
                    + "segments")
        }
        let lock = try Self.take(data, journal)
        let operations = try Self.operations(of: data, in: journal)
        let vault = try Self.open(data, masterKey)
        self.operations = operations
        self.vault = vault
        self.lock = lock
    }

    private static func take(
        _ data: String, _ journal: JournalFolder
    ) throws(CommandFailure) -> LogLock {
        do throws(FileError) {
            let folders = LogLock.folders(ofStore: data)
            if let lock = try LogLock(journal.path, with: folders) { return lock }
        } catch {
            throw CommandFailure(.inputOutput, "\(error)")
        }
        throw CommandFailure(.inputOutput, "\(data): a gateway is running; stop it first")
    }

    private static func open(
        _ data: String, _ masterKey: String?
    ) throws(CommandFailure) -> KeyVault {
        do throws(KeyVaultError) {
            return try KeyVault(
                directory: data + "/keys", masterKeyPath: masterKey ?? data + "/master.key")
        } catch {
            throw CommandFailure(.inputOutput, "\(error)")
        }
    }

    /// Does something with the vault.
    /// - Throws: ``CommandFailure`` 1 for leaves that no entry has yet, and for a cluster that has
    ///   keys or a leader, 74 otherwise.
    mutating func withVault<Result>(
        _ body: (inout KeyVault) throws(KeyVaultError) -> Result
    ) throws(CommandFailure) -> Result {
        do {
            return try body(&vault)
        } catch .leafNotGivenOut(let leaf, let next) {
            throw CommandFailure(
                .refused, "\(KeyVaultError.leafNotGivenOut(leaf, next: next))")
        } catch .clusterHasKeys {
            throw CommandFailure(.refused, "\(KeyVaultError.clusterHasKeys)")
        } catch .cluster(.notOwner(let owner)) {
            throw CommandFailure(
                .refused,
                "the cluster has started: \(owner); keys are imported before its first start")
        } catch {
            throw CommandFailure(.inputOutput, "\(error)")
        }
    }

    /// From the newest good snapshot, and from the log alone where there is none: the records that
    /// made the operations may have been archived.
    private static func operations(
        of data: String, in journal: JournalFolder
    ) throws(CommandFailure) -> [Catalogue.Operation] {
        do {
            if let state = try SnapshotFolder(data: data).current(skipped: { _, _ in }) {
                let catalogue = state.ledger.catalogue
                return catalogue.standing.map { catalogue.operations[Int($0)] }
            }
        } catch {
            throw CommandFailure(.inputOutput, "\(data): \(error)")
        }
        return try operations(in: journal)
    }

    private static func operations(
        in journal: JournalFolder
    ) throws(CommandFailure) -> [Catalogue.Operation] {
        var catalogue = Catalogue()
        _ = try journal.read(from: 1) { batch throws(CommandFailure) in
            var records = batch.records
            while let record = records.next() {
                guard record.kind == AdministrativeRecord.kind else { continue }
                do {
                    let command = try AdministrativeRecord(json: record.bytes)
                    _ = try catalogue.apply(
                        command.command, by: command.author, at: batch.header.time)
                } catch {
                    throw CommandFailure(
                        .inputOutput, "\(journal.path): record \(record.sequence): \(error)")
                }
            }
        }
        return catalogue.standing.map { catalogue.operations[Int($0)] }
    }
}
