internal import Ledger
internal import Logging
internal import Vault

/// Keys of operations that another node made: they are read from the cluster's key space, some in
/// each turn. A key is there before its operation is on record, so one that is not found belongs to
/// an operation that is gone by now, which the log will say, or is lost: it is asked for again, as
/// long as nobody has accepted that keys are missing. Owned by the projector's thread.
struct LackingKeys {
    private let vault: SharedVault
    private let acceptsMissing: Bool
    private let logger: Logger
    /// By index, in order: those at the front are asked for first.
    private var operations: [UInt32]
    /// What was said last, so that it is said once.
    private var said = ""

    /// Reads of one turn.
    static var atOnce: Int { 64 }
    /// When those that did not come are asked for again.
    static var retryNanoseconds: Int64 { 200_000_000 }

    /// - Parameters:
    ///   - catalogue: of its operations that stand the keys are read.
    ///   - acceptsMissing: whether operations whose keys are not there take no entries, and nothing
    ///     waits for them.
    init(
        of catalogue: Catalogue, from vault: SharedVault, acceptsMissing: Bool = false,
        _ logger: Logger
    ) {
        self.vault = vault
        self.acceptsMissing = acceptsMissing
        self.logger = logger
        operations = Array(catalogue.standing)
    }

    var count: Int { operations.count }

    mutating func add(_ operation: UInt32) { operations.append(operation) }

    /// Leaves out operations that are gone.
    mutating func removeRetired(_ catalogue: Catalogue) {
        operations.removeAll { catalogue.operations[Int($0)].retirement != nil }
    }

    /// Reads some of them.
    /// - Returns: what came; nothing where the key space does not answer.
    mutating func read(_ catalogue: Catalogue) -> [(operation: UInt32, keys: OperationKeys)] {
        var found: [(operation: UInt32, keys: OperationKeys)] = []
        let part = operations.prefix(Self.atOnce)
        var missing: Set<UInt32> = []
        do throws(KeyVaultError) {
            for operation in part {
                let id = catalogue.operations[Int(operation)].dataKeyID
                let read = try vault.withLockIfFree {
                    vault throws(KeyVaultError) -> OperationKeys? in
                    guard let secrets = try vault.load(id) else { return nil }
                    // A leader gives this node leaves from below any mark that it has read.
                    return OperationKeys(secrets, from: 0)
                }
                // Whoever has it may wait for etcd. All views wait for this thread.
                guard let keys = read else { break }
                if let keys {
                    found.append((operation, keys))
                } else if acceptsMissing {
                    missing.insert(operation)
                }
            }
            said = ""
        } catch {
            report(error)
        }
        reportMissing(missing, catalogue)
        let done = missing.union(found.map(\.operation))
        // What did not come goes to the end: it holds up nobody else.
        operations = operations.dropFirst(part.count) + part.filter { !done.contains($0) }
        return found
    }

    private func reportMissing(_ missing: Set<UInt32>, _ catalogue: Catalogue) {
        for operation in missing.sorted() {
            let id = catalogue.operations[Int(operation)].id
            logger.warning(
                "accepted: an operation takes no entries",
                metadata: ["found": "the key of operation \(id) is missing in the cluster's etcd"])
        }
    }

    private mutating func report(_ error: KeyVaultError) {
        let text = "\(error)"
        guard text != said else { return }
        said = text
        logger.warning("cannot read operations' keys yet", metadata: ["reason": "\(text)"])
    }
}
