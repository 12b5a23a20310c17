internal import Cryptography
internal import Logging
internal import Synchronization
internal import Vault
internal import Webhooks

/// Webhooks' secrets, on disk before the ledger hears of them.
extension Control {
    /// Makes a new webhook's secret.
    func createWebhookSecret(_ id: String) async throws(Problem) {
        // By its path the secret would come into whatever folder is there now.
        guard !shared.health.isStoreLost else {
            shared.instruments.countRefusedChange()
            throw EntryVerdict.noSpace.problem
        }
        do throws(VaultFailure) {
            try await secrets.ask { vault throws(KeyVaultError) in
                _ = try vault.createWebhookSecret(id, length: WebhookSigner.secretBytes)
            } whenLate: { result in
                // The change was given up before the ledger heard of it.
                if case .success = result { self.destroyUnusedSecret(id) }
            }
        } catch {
            guard case .failed(let error) = error else { throw refuseForKeys() }
            shared.logger.error("cannot store a webhook's secret", metadata: ["error": "\(error)"])
            shared.instruments.countRefusedChange()
            throw EntryVerdict.noSpace.problem
        }
    }

    /// The text that a new webhook's receiver is given, once.
    /// - Throws: ``Problem`` where it cannot be read: the webhook is there all the same.
    func webhookSecretText(_ id: String) async throws(Problem) -> String {
        do throws(VaultFailure) {
            let text = try await secrets.ask { vault throws(KeyVaultError) -> String? in
                guard let secret = try vault.webhookSecret(id) else { return nil }
                return WebhookSigner.text(of: secret.bytes)
            }
            if let text { return text }
        } catch {
            shared.logger.error("cannot read a webhook's secret", metadata: ["error": "\(error)"])
        }
        throw .webhookSecretUnread(id)
    }

    /// Destroys the secret of a webhook that is no more. What cannot be destroyed now, the next
    /// start destroys.
    /// - Throws: ``Problem`` as ``destroy(_:_:)``.
    func destroyWebhookSecret(_ id: String) async throws(Problem) {
        try await destroy({ self.reportSecret(id, $0) }) { vault throws(KeyVaultError) in
            try vault.destroyWebhookSecret(id)
        }
    }

    /// The same for one that did not come to be.
    func discard(webhookSecret id: String) async {
        // Nobody is told that it takes longer: the change was refused for another reason.
        try? await destroyWebhookSecret(id)
    }

    /// The same on the vault's thread.
    private func destroyUnusedSecret(_ id: String) {
        do throws(KeyVaultError) {
            try secrets.work { vault throws(KeyVaultError) in
                try vault.destroyWebhookSecret(id)
            }
        } catch {
            reportSecret(id, error)
        }
    }

    private func reportSecret(_ id: String, _ error: KeyVaultError) {
        shared.logger.warning(
            "cannot remove a webhook's secret",
            metadata: ["webhook_id": "\(id)", "error": "\(error)"])
    }

    /// What a webhook's messages are signed with. A sender asks on a thread of its own, and waits
    /// for what is in hand.
    func webhookSigner(_ id: String) throws -> WebhookSigner {
        let signer = try vault.withLock { vault throws(KeyVaultError) -> WebhookSigner? in
            guard let secret = try vault.webhookSecret(id) else { return nil }
            return WebhookSigner(secret: secret.bytes)
        }
        guard let signer else { throw WebhookSecretMissing(webhook: id) }
        return signer
    }
}

/// A webhook's secret is not in the folder of keys.
struct WebhookSecretMissing: Error, CustomStringConvertible {
    let webhook: String

    var description: String {
        "keys/\(webhook).webhook: the webhook's secret is missing; restore it from a backup of the "
            + "folder, or remove the webhook and add another"
    }
}
