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

    /// Whether the vault has something to do for a change, before or behind it: a permit's text,
    /// which is its answer, needs a key.
    func needsVault(_ command: AdministrativeCommand) -> Bool {
        switch command {
        case .operation(.put(let id, _, let dataKeyID)):
            // A change of settings alone names the key that is there.
            shared.projected.catalogue.operation(id)?.dataKeyID != dataKeyID
        case .operation(.reset), .operation(.delete), .webhook(.add), .webhook(.remove),
            .permit(.issue), .permit(.purge):
            true
        default: false
        }
    }

    /// Makes what a change needs, on disk before the ledger hears of it.
    func makeSecret(
        for command: AdministrativeCommand
    ) async throws(Problem) -> MadeSecret {
        switch command {
        case .operation(.put(_, _, let dataKeyID)):
            if !needsVault(command) { return .none }
            // Also for one that is there: by the time this is decided it may have been deleted.
            return .dataKey(dataKeyID, try await createDataKey(dataKeyID))
        case .operation(.reset(_, let dataKeyID, _)):
            return .dataKey(dataKeyID, try await createDataKey(dataKeyID))
        case .webhook(.add(let id, _, _, _)):
            try await createWebhookSecret(id)
            return .webhook(id)
        default: return .none
        }
    }

    /// Destroys what a change came not to use, and what it has ended: the secrets of operations and
    /// webhooks that are no more, what a run's entries gave.
    /// - Throws: ``Problem`` where a purge counts, and what the run's entries gave is still there;
    ///   where the change is made, and the disk hangs with what is to be destroyed for it.
    func finish(
        _ command: AdministrativeCommand, _ outcome: AdministrativeOutcome, _ made: MadeSecret
    ) async throws(Problem) {
        guard case .decided(.success(let change), _) = outcome else {
            switch made {
            case .none: break
            case .dataKey(let id, _): await discard(dataKey: id)
            case .webhook(let id): await discard(webhookSecret: id)
            }
            return
        }
        // It has a key of its own.
        if case .dataKey(let id, _) = made, !change.makesOperation { await discard(dataKey: id) }
        switch (command, change) {
        case (_, .operationReset(let index, _)), (_, .operationDeleted(let index)):
            try await destroyKey(of: shared.projected.catalogue.operations[Int(index)])
        case (.webhook(.remove(let id)), _): try await destroyWebhookSecret(id)
        case (.permit(.purge(let id, _)), _):
            guard let index = shared.projected.catalogue.permitIndex(id) else { return }
            try await forgetRun(of: index)
        default: break
        }
    }

    /// What people gave in an operation that is no more. A process that ends before this finds the
    /// key at its next start, and destroys it then.
    private func destroyKey(of operation: Catalogue.Operation) async throws(Problem) {
        let report = { @Sendable [shared] (error: KeyVaultError) in
            shared.logger.error(
                "cannot destroy an operation's key; the next start retries",
                metadata: ["operation": "\(operation.id)", "error": "\(error)"])
        }
        try await destroy(report) { vault throws(KeyVaultError) in
            _ = try vault.destroy(operation.dataKeyID)
        }
    }

    /// Destroys what a change has ended, however late: the change is made.
    /// - Parameter report: tells the log why it cannot be done.
    /// - Throws: ``Problem`` where it is not done in time; then it is done later.
    func destroy(
        _ report: @escaping @Sendable (KeyVaultError) -> Void,
        _ work: @escaping VaultDesk.Work<Void>
    ) async throws(Problem) {
        do throws(VaultFailure) {
            try await secrets.ask(work, isKept: true) { result in
                if case .failure(let error) = result { report(error) }
            }
        } catch {
            guard case .failed(let error) = error else { throw .commandOutcomeUnknown }
            report(error)
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
