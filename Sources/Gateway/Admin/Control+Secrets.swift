internal import Ledger
internal import Logging
internal import Projections
internal import Synchronization
internal import Vault

/// What the vault does for a change. It is done by the node that decides the change, whichever was
/// asked: nobody else may change the cluster's keys.
extension Control {
    /// What was made for a change before the ledger hears of it.
    enum MadeSecret {
        case none
        case dataKey(String, OperationKeys)
        case webhook(String)

        /// Of the operation that the change makes.
        var keys: OperationKeys? {
            if case .dataKey(_, let keys) = self { keys } else { nil }
        }
    }

    /// Makes what a change needs, on disk before the ledger hears of it.
    func makeSecret(for command: AdministrativeCommand) throws(Problem) -> MadeSecret {
        switch command {
        case .operation(.put(let id, _, let dataKeyID)):
            // A change of settings alone names the key that is there.
            if shared.projected.catalogue.operation(id)?.dataKeyID == dataKeyID { return .none }
            // Also for one that is there: by the time this is decided it may have been deleted.
            return .dataKey(dataKeyID, try createDataKey(dataKeyID))
        case .operation(.reset(_, let dataKeyID, _)):
            return .dataKey(dataKeyID, try createDataKey(dataKeyID))
        case .webhook(.add(let id, _, _, _)):
            try createWebhookSecret(id)
            return .webhook(id)
        default: return .none
        }
    }

    /// Destroys what a change came not to use, and what it has ended: the secrets of operations and
    /// webhooks that are no more, what a run's entries gave.
    /// - Throws: ``Problem`` where a purge counts, and what the run's entries gave is still there.
    func finish(
        _ command: AdministrativeCommand, _ outcome: AdministrativeOutcome, _ made: MadeSecret
    ) async throws(Problem) {
        guard case .decided(.success(let change), _) = outcome else {
            switch made {
            case .none: break
            case .dataKey(let id, _): discard(dataKey: id)
            case .webhook(let id): destroyWebhookSecret(id)
            }
            return
        }
        // It has a key of its own.
        if case .dataKey(let id, _) = made, !change.makesOperation { discard(dataKey: id) }
        switch (command, change) {
        case (_, .operationReset(let index, _)), (_, .operationDeleted(let index)):
            destroyKey(of: shared.projected.catalogue.operations[Int(index)])
        case (.webhook(.remove(let id)), _): destroyWebhookSecret(id)
        case (.permit(.purge(let id, _)), _):
            guard let index = shared.projected.catalogue.permitIndex(id) else { return }
            try await forgetRun(of: index)
        default: break
        }
    }

    /// What people gave in an operation that is no more. A process that ends before this finds the
    /// key at its next start, and destroys it then.
    private func destroyKey(of operation: Catalogue.Operation) {
        do {
            _ = try vault.withLock { vault throws(KeyVaultError) in
                try vault.destroy(operation.dataKeyID)
            }
        } catch {
            shared.logger.error(
                "cannot destroy an operation's key; the next start retries",
                metadata: ["operation": "\(operation.id)", "error": "\(error)"])
        }
    }
}

extension AdministrativeCommand {
    /// What kind of work a change is by what the vault has to do for it.
    var vaultWork: ControlWork {
        switch self {
        case .permit(.purge): .report
        case .operation(.put), .operation(.reset), .operation(.delete), .webhook: .request
        default: .measure
        }
    }
}
