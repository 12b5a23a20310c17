internal import Synchronization
internal import Vault

/// The operations' secrets, for one thread at a time.
///
/// In a cluster a node that follows reads them, from when it first needs one: etcd may not answer
/// yet when the node starts. With its office it gets a vault that it may change, opened in the same
/// way: no entry waits for that.
final class SharedVault: Sendable {
    typealias Opening = @Sendable () throws(KeyVaultError) -> KeyVault

    private struct State: ~Copyable {
        var vault: KeyVault?
        var open: Opening
    }

    private let state: Mutex<State>

    init(_ vault: consuming KeyVault) {
        state = Mutex(
            State(vault: vault) { () throws(KeyVaultError) in preconditionFailure("it is open") })
    }

    /// - Parameter open: called with the first use, and again where that failed.
    init(opening open: @escaping Opening) {
        state = Mutex(State(vault: nil, open: open))
    }

    func withLock<Result: ~Copyable & Sendable>(
        _ body: (inout KeyVault) throws(KeyVaultError) -> Result
    ) throws(KeyVaultError) -> Result {
        try state.withLock { (state: inout State) throws(KeyVaultError) -> Result in
            try Self.use(&state, body)
        }
    }

    /// The same where nobody uses it now; nil where somebody does, who may wait for a disk.
    func withLockIfFree<Result: Sendable>(
        _ body: (inout KeyVault) throws(KeyVaultError) -> Result
    ) throws(KeyVaultError) -> Result? {
        try state.withLockIfAvailable { (state: inout State) throws(KeyVaultError) -> Result in
            try Self.use(&state, body)
        }
    }

    /// Uses another one from now on, which is opened with its first use.
    func replace(opening open: @escaping Opening) {
        state.withLock { state in
            state.vault = nil
            state.open = open
        }
    }

    private static func use<Result: ~Copyable & Sendable>(
        _ state: inout State, _ body: (inout KeyVault) throws(KeyVaultError) -> Result
    ) throws(KeyVaultError) -> Result {
        var vault: KeyVault
        if let there = state.vault.take() { vault = there } else { vault = try state.open() }
        do throws(KeyVaultError) {
            let result = try body(&vault)
            state.vault = consume vault
            return result
        } catch {
            state.vault = consume vault
            throw error
        }
    }
}
