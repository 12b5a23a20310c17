internal import Synchronization
internal import Vault

/// The operations' secrets, for one thread at a time.
///
/// In a cluster a node that follows reads them, from when it first needs one: etcd may not answer
/// yet when the node starts. With its office it gets a vault that it may change.
final class SharedVault: Sendable {
    private let vault: Mutex<KeyVault?>
    private let open: @Sendable () throws(KeyVaultError) -> KeyVault

    init(_ vault: consuming KeyVault) {
        self.vault = Mutex(vault)
        open = { () throws(KeyVaultError) in preconditionFailure("it is open") }
    }

    /// - Parameter open: called with the first use, and again where that failed.
    init(opening open: @escaping @Sendable () throws(KeyVaultError) -> KeyVault) {
        vault = Mutex(nil)
        self.open = open
    }

    func withLock<Result: ~Copyable & Sendable>(
        _ body: (inout KeyVault) throws(KeyVaultError) -> Result
    ) throws(KeyVaultError) -> Result {
        try vault.withLock { (stored: inout KeyVault?) throws(KeyVaultError) -> Result in
            var vault: KeyVault
            if let there = stored.take() { vault = there } else { vault = try open() }
            do throws(KeyVaultError) {
                let result = try body(&vault)
                stored = consume vault
                return result
            } catch {
                stored = consume vault
                throw error
            }
        }
    }

    /// Uses another one from now on.
    func replace(with other: consuming KeyVault) {
        var other: KeyVault? = consume other
        vault.withLock { vault in vault = other.take() }
    }
}
