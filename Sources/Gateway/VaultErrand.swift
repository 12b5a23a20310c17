internal import Synchronization
internal import Vault

/// Something asked of the vault, between who asks and the vault's thread. It has one outcome: what
/// the vault made of it, or that the one who asked has gone.
///
/// The one who asks waits without a thread. Where the errand has not begun by then, it does not
/// begin any more.
final class VaultErrand<Value: Sendable>: Sendable {
    typealias Outcome = Result<Value, VaultFailure>

    private struct State {
        var isBegun = false
        var outcome: Outcome?
        var waiter: CheckedContinuation<Outcome, Never>?
    }

    private let state = Mutex(State())

    /// Comes back with the outcome; called once.
    func outcome() async -> Outcome {
        await withCheckedContinuation { waiter in
            let outcome = state.withLock { state in
                if state.outcome == nil { state.waiter = waiter }
                return state.outcome
            }
            if let outcome { waiter.resume(returning: outcome) }
        }
    }

    /// The vault's thread has come to it.
    /// - Returns: false where nobody waits any more.
    func begin() -> Bool {
        state.withLock { state in
            state.isBegun = true
            return state.outcome == nil
        }
    }

    /// The vault's thread has done it.
    /// - Returns: false where nobody waits any more.
    func end(_ result: Result<Value, KeyVaultError>) -> Bool {
        settle { _ in result.mapError { .failed($0) } }
    }

    /// The one who asked waits no longer; without effect where it has ended.
    func leave() {
        _ = settle { isBegun in .failure(isBegun ? .hangs : .notBegun) }
    }

    private func settle(_ made: (_ isBegun: Bool) -> Outcome) -> Bool {
        let settled = state.withLock { state -> (Outcome, CheckedContinuation<Outcome, Never>?)? in
            guard state.outcome == nil else { return nil }
            let outcome = made(state.isBegun)
            state.outcome = outcome
            defer { state.waiter = nil }
            return (outcome, state.waiter)
        }
        guard let (outcome, waiter) = settled else { return false }
        waiter?.resume(returning: outcome)
        return true
    }
}
