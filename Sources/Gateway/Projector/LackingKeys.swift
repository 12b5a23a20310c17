internal import Ledger
internal import Logging
internal import Vault

/// Keys of operations that another node made: they are read from the cluster's key space, some in
/// each turn. A key is there before its operation is on record, so one that is not found belongs to
/// an operation that is gone by now, which the log will say, or is lost. Owned by the projector's
/// thread.
struct LackingKeys {
    private let vault: SharedVault
    private let logger: Logger
    /// By index, in order: those at the front are asked for first.
    private var operations: [UInt32]
    /// What was said last, so that it is said once.
    private var said = ""

    /// Reads of one turn.
    static var atOnce: Int { 64 }
    /// When those that did not come are asked for again.
    static var retryNanoseconds: Int64 { 200_000_000 }

    /// - Parameter catalogue: of its operations that stand the keys are read.
    init(of catalogue: Catalogue, from vault: SharedVault, _ logger: Logger) {
        self.vault = vault
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
        do throws(KeyVaultError) {
            for operation in part {
                let id = catalogue.operations[Int(operation)].dataKeyID
                let keys = try vault.withLock { vault throws(KeyVaultError) -> OperationKeys? in
                    guard let secrets = try vault.load(id) else { return nil }
                    // A leader gives this node leaves from below any mark that it has read.
                    return OperationKeys(secrets, from: 0)
                }
                if let keys { found.append((operation, keys)) }
            }
            said = ""
        } catch {
            report(error)
        }
        let read = Set(found.map(\.operation))
        // What did not come goes to the end: it holds up nobody else.
        operations = operations.dropFirst(part.count) + part.filter { !read.contains($0) }
        return found
    }

    private mutating func report(_ error: KeyVaultError) {
        let text = "\(error)"
        guard text != said else { return }
        said = text
        logger.warning("cannot read operations' keys yet", metadata: ["reason": "\(text)"])
    }
}
