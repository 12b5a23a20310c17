internal import Ledger
internal import Logging
internal import Vault

/// What a new leader finishes that the one before it may have begun, and that no entry waits for:
/// secrets of what is no more are destroyed. On the control side's thread for upkeep.
struct OfficeUpkeep: Sendable {
    private let control: Control
    private let folder: DataFolder

    init(_ control: Control, _ folder: DataFolder) {
        self.control = control
        self.folder = folder
    }

    /// Begins, and tries again each second until it is done, or the process ends.
    /// - Parameter catalogue: as the office begins.
    func begin(_ catalogue: Catalogue) {
        Task(executorPreference: control.executors.upkeep) {
            var said: String?
            while !control.shared.isDraining, let failure = finish(catalogue) {
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
    private func finish(_ catalogue: Catalogue) -> String? {
        do throws(KeyVaultError) {
            return try control.vault.withLock { vault throws(KeyVaultError) -> String? in
                do throws(StartError) {
                    try folder.finishErasures(&vault, catalogue)
                    return nil
                } catch {
                    return "\(error)"
                }
            }
        } catch {
            return "\(error)"
        }
    }
}
