internal import Bytes
internal import Cryptography
internal import Foundation
internal import Ledger
internal import Log
internal import Logging
internal import Projections
internal import Synchronization
internal import Time
internal import Vault
internal import Wire

/// What cannot be undone (C18): asked for by name, preceded by an export, on record. Afterwards
/// the operation's data key is destroyed, and what people gave with it, in every copy.
extension Control {
    func reset(
        _ id: String, _ request: ControlRequest, by author: Author
    ) async throws(Problem) -> ControlReply {
        let operation = try confirmed(id, request)
        let created = try createDataKey()
        let retired: Retired
        do {
            retired = try await retire(id, by: author, keys: created.keys) { receipt in
                .resetOperation(id: id, dataKeyID: created.id, export: receipt)
            }
        } catch {
            discard(created)
            throw error
        }
        destroyKey(of: retired)
        return .view(
            RetirementView(operation: id, state: operation.state.name, retired.receipt))
    }

    func delete(
        _ id: String, _ request: ControlRequest, by author: Author
    ) async throws(Problem) -> ControlReply {
        _ = try confirmed(id, request)
        let retired = try await retire(id, by: author) { receipt in
            .deleteOperation(id: id, export: receipt)
        }
        destroyKey(of: retired)
        return .view(RetirementView(operation: id, state: "deleted", retired.receipt))
    }

    /// - Throws: ``Problem`` 409 where the body does not name the operation once more.
    private func confirmed(
        _ id: String, _ request: ControlRequest
    ) throws(Problem) -> Catalogue.Operation {
        var body = try bodyReader(request)
        let confirm = body.string("confirm")
        try body.finish()
        guard let operation = shared.projected.catalogue.operation(id) else {
            throw .unknownOperation
        }
        guard confirm == id else { throw .notConfirmed }
        return operation
    }

    /// An operation that is no more. Which one has its name by now is another question: somebody
    /// else may have been quicker since the name was read.
    private struct Retired {
        let receipt: ExportReceipt
        let change: Change
    }

    /// Exports, then has the command decided, unless entries have come in between: then again.
    private func retire(
        _ id: String, by author: Author, keys newKeys: OperationKeys? = nil,
        _ command: (ExportReceipt) -> AdministrativeCommand
    ) async throws(Problem) -> Retired {
        var attempt = 1
        while true {
            let receipt = try export(id)
            do {
                let change = try await decide(
                    command(receipt), by: author, keys: newKeys, ifEntriesAre: receipt.entries
                ).change
                return Retired(receipt: receipt, change: change)
            } catch {
                removeExport(receipt)
                guard error.code == "export_overtaken", attempt < Self.exportAttempts else {
                    throw error
                }
                attempt += 1
            }
        }
    }

    /// How often an export is made anew because entries came meanwhile.
    private static var exportAttempts: Int { 3 }

    private func export(_ id: String) throws(Problem) -> ExportReceipt {
        let catalogue = shared.projected.catalogue
        guard let index = catalogue.operationIndex(id) else { throw .unknownOperation }
        let operation = catalogue.operations[Int(index)]
        var known = catalogue.keys
        do {
            let key = try vault.withLock { vault throws(KeyVaultError) in
                try vault.load(operation.dataKeyID)
            }
            return try exports.write(
                index, operation, key: key.map { OperationKeys(dataKey: $0).sealing },
                at: shared.clock.wallClock()
            ) { index in
                // The readers' catalogue knows a key before an entry can have it.
                if known.count <= Int(index) { known = shared.projected.catalogue.keys }
                return known[Int(index)].id
            }
        } catch {
            shared.logger.error(
                "an operation could not be exported",
                metadata: ["operation": "\(id)", "error": "\(error)"])
            throw .exportFailed
        }
    }

    /// One that no retirement followed is not all there is, and holds what people gave.
    private func removeExport(_ receipt: ExportReceipt) {
        do {
            try FileManager.default.removeItem(atPath: exports.folder + "/" + receipt.file)
        } catch {
            shared.logger.warning(
                "an export that nothing followed stays behind",
                metadata: ["file": "\(receipt.file)", "error": "\(error)"])
        }
    }

    /// What people gave in an operation that is no more. A process that ends before this finds the
    /// key at its next start, and destroys it then.
    private func destroyKey(of retired: Retired) {
        let operation: Catalogue.Operation
        switch retired.change {
        case .operationReset(let index, _), .operationDeleted(let index):
            operation = shared.projected.catalogue.operations[Int(index)]
        default: preconditionFailure("a retirement resets or deletes: \(retired.change)")
        }
        do {
            _ = try vault.withLock { vault throws(KeyVaultError) in
                try vault.destroy(operation.dataKeyID)
            }
        } catch {
            shared.logger.error(
                "a data key could not be destroyed; the next start tries again",
                metadata: ["operation": "\(operation.id)", "error": "\(error)"])
        }
    }
}

/// The answer to a reset or a deletion.
private struct RetirementView: Encodable {
    let operation: String
    let state: String
    let export: ExportView

    struct ExportView: Encodable {
        /// In the folder `exports` of the gateway's data.
        let file: String
        let sha256: String
        let entries: UInt64
        let participants: UInt32
    }

    init(operation: String, state: String, _ receipt: ExportReceipt) {
        self.operation = operation
        self.state = state
        export = ExportView(
            file: receipt.file, sha256: receipt.sha256, entries: receipt.entries,
            participants: receipt.participants)
    }
}
