internal import Ledger
internal import Logging
internal import Vault

/// What a new leader finishes that the one before it may have begun, and that no entry waits for:
/// secrets of what is no more are destroyed. On the vault's thread.
struct OfficeUpkeep: Sendable {
    private let control: Control

    init(_ control: Control) {
        self.control = control
    }

    /// Begins, and tries again each second until it is done, or the process ends.
    /// - Parameter catalogue: as the office begins.
    func begin(_ catalogue: Catalogue) {
        control.secrets.post {
            var said: String?
            while !control.shared.isDraining, let failure = await finish(catalogue) {
                if failure != said {
                    control.shared.logger.error(
                        "cannot finish what an earlier leader has begun to forget; trying again",
                        metadata: ["reason": "\(failure)"])
                }
                said = failure
                // It throws where the task is cancelled, and nothing cancels it.
                try? await Task.sleep(for: .seconds(1))
            }
        }
    }

    /// - Returns: why it is to be tried again; nil where it is done.
    private func finish(_ catalogue: Catalogue) async -> String? {
        for erasure in DueErasure.all(in: catalogue) where !control.shared.isDraining {
            do throws(KeyVaultError) {
                try control.secrets.work { vault throws(KeyVaultError) in
                    try erasure.finish(in: &vault)
                }
            } catch {
                return "\(erasure): \(error)"
            }
            // Whoever waits for the vault has a turn.
            await Task.yield()
        }
        return nil
    }
}
