internal import Cryptography
internal import Ledger
internal import Log
internal import Logging
internal import Projections
internal import Synchronization
internal import Vault

/// Permits for test entries (C7): their signatures, and what their purge forgets.
extension Control {
    /// The text of a permit.
    /// - Throws: as ``permitKey(_:)``.
    func permitToken(_ index: UInt32) async throws(Problem) -> PermitToken {
        let permit = shared.projected.catalogue.permits[Int(index)]
        return PermitToken(permit, index: index, key: try await permitKey(index))
    }

    /// What a new permit is signed with.
    /// - Throws: ``Problem`` where the operation's secrets cannot be read, or are gone.
    func permitKey(_ index: UInt32) async throws(Problem) -> SipKey {
        // The operation was reset or deleted: its permits are over.
        let stored = try await storedPermitKey(
            index, hanging: .commandOutcomeUnknown, unreadable: { _ in .permitUnsigned })
        guard let key = stored else { throw .permitUnsigned }
        return key
    }

    /// The same; nil where the operation's secrets are gone.
    /// - Parameters:
    ///   - hanging: what is thrown where the disk does not answer.
    ///   - problem: what is thrown where they cannot be read.
    func storedPermitKey(
        _ index: UInt32, hanging: Problem = .keysUnavailable,
        unreadable problem: (KeyVaultError) -> Problem
    ) async throws(Problem) -> SipKey? {
        let catalogue = shared.projected.catalogue
        let operation = catalogue.operations[Int(catalogue.permits[Int(index)].operation)]
        do throws(VaultFailure) {
            return try await secrets.ask { vault throws(KeyVaultError) -> SipKey? in
                guard let secrets = try vault.load(operation.dataKeyID) else { return nil }
                return OperationKeys.permitKey(secrets)
            }
        } catch {
            guard case .failed(let error) = error else { throw hanging }
            shared.logger.error("cannot read an operation's key", metadata: ["error": "\(error)"])
            throw problem(error)
        }
    }

    /// Looks whether the log goes back to a permit's issue, before its run is purged: so nothing
    /// has changed where a purge could not be finished.
    /// - Throws: ``Problem`` 409 where it does not; it tells of no other error.
    func requireRecords(of permitID: String) throws(Problem) {
        let catalogue = shared.projected.catalogue
        guard let index = catalogue.permitIndex(permitID) else { return }
        let permit = catalogue.permits[Int(index)]
        guard permit.purgedAt == nil else { return }
        let plan = exports.plan(
            permit.operation, catalogue.operations[Int(permit.operation)], comingBy: .beginning,
            endsAtPlace: false)
        guard let missing = plan.missing(since: permit.createdAt) else { return }
        throw .history(
            missing, "Not purged, and nothing has changed", archive: exports.archive,
            or: .runNotForgotten)
    }

    /// Has the vault forget what a run's entries gave, and puts that on record. Asked again, it
    /// changes nothing: so a process that ends in the middle goes on at its next start.
    /// - Precondition: the permit was purged: the run has no more entries to come.
    func forgetRun(of index: UInt32) async throws(Problem) {
        let catalogue = shared.projected.catalogue
        let permit = catalogue.permits[Int(index)]
        guard permit.awaitsForgetting else { return }
        let leaves = try await forgetLeaves(of: permit, index, catalogue)
        _ = try await decide(
            .permit(
                .forgotten(
                    permitID: permit.id, leaves: leaves.count, lastRecord: leaves.lastRecord)),
            by: .gateway)
    }

    private func forgetLeaves(
        of permit: Catalogue.Permit, _ index: UInt32, _ catalogue: Catalogue
    ) async throws(Problem) -> RunLeaves {
        let operation = catalogue.operations[Int(permit.operation)]
        let end = shared.durableEnd.withLock { $0 }
        do {
            let leaves = try RunLeaves(
                of: permit, index: index, operation, in: exports, comingBy: end)
            // Of an operation that was reset or deleted, nothing is left to forget.
            let ranges = leaves.ranges
            _ = try await secrets.ask(
                { vault throws(KeyVaultError) in
                    try vault.forget(ranges, of: operation.dataKeyID)
                }, isKept: true
            ) { result in
                // That it was done goes on record too.
                if case .success = result { self.resumePurge(of: index) }
            }
            return leaves
        } catch VaultFailure.hangs, VaultFailure.notBegun {
            throw .commandOutcomeUnknown
        } catch {
            let reason: any Error = (error as? VaultFailure)?.cause ?? error
            shared.logger.error(
                "cannot forget the test entries of a purged permit; the next start retries",
                metadata: ["permit_id": "\(permit.id)", "error": "\(reason)"])
            throw .history(
                reason, "The test entries count no more, but the data they gave is still readable",
                archive: exports.archive, or: .runNotForgotten)
        }
    }

    /// Finishes what an earlier process, or a disk, left of purges.
    func resumePurges() {
        let permits = shared.projected.catalogue.permits
        for index in permits.indices where permits[index].awaitsForgetting {
            resumePurge(of: UInt32(index))
        }
    }

    private func resumePurge(of index: UInt32) {
        Task(executorPreference: executors[.report]) {
            // What went wrong is in the log; the purge's own answer or the next start repeats.
            try? await self.forgetRun(of: index)
        }
    }
}
