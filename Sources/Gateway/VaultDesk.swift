internal import Synchronization
internal import Time
internal import Vault

/// What the control side asks of the operations' secrets: one thing after the other, on a thread of
/// its own. A disk that hangs in `keys/` holds that thread, and nobody who asks.
///
/// Who asks waits as long as a change waits for the journal: `limits.answer_seconds`. While what is
/// in hand takes longer than that, nothing more is taken.
final class VaultDesk: Sendable {
    typealias Work<Value> = @Sendable (inout KeyVault) throws(KeyVaultError) -> Value

    private let vault: SharedVault
    private let shared: Shared
    private let executor: ControlExecutor

    init(_ vault: SharedVault, _ shared: Shared, _ executor: ControlExecutor) {
        self.vault = vault
        self.shared = shared
        self.executor = executor
    }

    /// Has something done, and waits for it.
    /// - Parameters:
    ///   - isKept: whether it is done in its turn although nobody waits for it any more.
    ///   - whenLate: called on the vault's thread with what came of it after nobody waited; it may
    ///     use ``work(_:)``.
    func ask<Value: Sendable>(
        _ work: @escaping Work<Value>, isKept: Bool = false,
        whenLate: @escaping @Sendable (Result<Value, KeyVaultError>) -> Void = { _ in }
    ) async throws(VaultFailure) -> Value {
        guard isKept || !shared.areKeysStalled else { throw .notBegun }
        let errand = VaultErrand<Value>()
        Task(executorPreference: executor) {
            guard errand.begin() || isKept else { return }
            let result = self.result(of: work)
            if !errand.end(result) { whenLate(result) }
        }
        let seconds = shared.answerSeconds.load(ordering: .relaxed)
        let limit = Task {
            // It throws where it is cancelled: the errand has ended by then.
            try? await Task.sleep(for: .seconds(seconds), clock: .suspending)
            errand.leave()
        }
        defer { limit.cancel() }
        return try await errand.outcome().get()
    }

    /// Has a task of the gateway's own run on the vault's thread, in its turn. It uses
    /// ``work(_:)``, and nobody waits for it.
    func post(_ task: @escaping @Sendable () async -> Void) {
        Task(executorPreference: executor) { await task() }
    }

    /// Does something with the vault now, and lets the watch see how long it takes.
    /// - Precondition: the vault's thread calls.
    func work<Value: Sendable>(_ work: Work<Value>) throws(KeyVaultError) -> Value {
        shared.health.keysBegin(at: shared.clock.monotonicNanoseconds())
        defer { shared.health.keysEnd() }
        return try vault.withLock(work)
    }

    private func result<Value: Sendable>(of work: Work<Value>) -> Result<Value, KeyVaultError> {
        do throws(KeyVaultError) {
            return .success(try self.work(work))
        } catch {
            return .failure(error)
        }
    }
}
