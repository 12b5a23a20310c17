internal import Ledger
internal import Vault

/// Secrets that are to be destroyed: of an operation that was reset or deleted (C18), or of a
/// webhook that was removed.
enum DueErasure: Sendable, CustomStringConvertible {
    case operation(id: String, dataKeyID: String)
    case webhook(id: String)

    /// Those of all that is no more, also where it was done already.
    static func all(in catalogue: Catalogue) -> [DueErasure] {
        catalogue.operations.filter { $0.retirement != nil }
            .map { .operation(id: $0.id, dataKeyID: $0.dataKeyID) }
            + catalogue.webhooks.filter { $0.removedAt != nil }.map { .webhook(id: $0.id) }
    }

    /// Destroys them; without effect where they are gone.
    func finish(in vault: inout KeyVault) throws(KeyVaultError) {
        switch self {
        case .operation(_, let dataKeyID): try vault.destroy(dataKeyID)
        case .webhook(let id): try vault.destroyWebhookSecret(id)
        }
    }

    var description: String {
        switch self {
        case .operation(let id, _): "operation \(id)"
        case .webhook(let id): "webhook \(id)"
        }
    }
}
