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
/// the operation's secrets are destroyed, and what people gave with them, in every copy.
struct RetirementHandlers {
    let control: Control

    init(_ control: Control) {
        self.control = control
    }

    func reset(_ call: AdminCall) async throws(Problem) -> ControlReply {
        let id = call["operation"]
        let (index, operation) = try await confirmed(id, call, isReset: true)
        let receipt = try await retire(id, index, by: call.author) { receipt in
            .operation(
                .reset(id: id, dataKeyID: Token.identifier(prefix: "d"), export: receipt))
        }
        return .view(
            RetirementView(
                operation: id, state: operation.state(at: control.shared.ledgerTime).name,
                receipt))
    }

    func delete(_ call: AdminCall) async throws(Problem) -> ControlReply {
        let id = call["operation"]
        let (index, _) = try await confirmed(id, call, isReset: false)
        let receipt = try await retire(id, index, by: call.author) { receipt in
            .operation(.delete(id: id, export: receipt))
        }
        return .view(RetirementView(operation: id, state: "deleted", receipt))
    }

    /// The operation that has the name now: the one that is retired, or none, whatever has the name
    /// later. The export that comes next has all that anybody was told until now.
    /// - Throws: ``Problem`` 409 where the body does not name the operation once more; what the
    ///   ledger refuses a client, before anything is exported.
    private func confirmed(
        _ id: String, _ call: AdminCall, isReset: Bool
    ) async throws(Problem) -> (index: UInt32, operation: Catalogue.Operation) {
        var body = try call.bodyReader()
        let confirm = body.string("confirm")
        try body.finish()
        try await control.catchUp()
        let catalogue = control.shared.projected.catalogue
        guard let index = catalogue.operationIndex(id) else { throw .unknownOperation }
        guard confirm == id else { throw .notConfirmed }
        let operation = catalogue.operations[Int(index)]
        if call.author.role == .client {
            do throws(CommandRefusal) {
                try ClientRights.requireRetirement(of: operation, isReset: isReset)
            } catch {
                throw Problem(error)
            }
        }
        return (index, operation)
    }

    /// Exports, then has the command decided, unless entries have come in between: then again.
    /// The sequencer refuses it where the name is another operation's by then.
    private func retire(
        _ id: String, _ index: UInt32, by author: Author,
        _ command: (ExportReceipt) -> AdministrativeCommand
    ) async throws(Problem) -> ExportReceipt {
        var attempt = 1
        while true {
            let receipt = try await export(id, index)
            do {
                _ = try await control.decide(
                    command(receipt), by: author,
                    expecting: ExpectedOperation(index: index, entries: receipt.entries))
                return receipt
            } catch {
                // It may be all that is left: this node's next start, or office, finds out.
                if error.code == Problem.changeOutcomeUnknown.code { throw error }
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

    private func export(
        _ id: String, _ index: UInt32
    ) async throws(Problem) -> ExportReceipt {
        let catalogue = control.shared.projected.catalogue
        guard catalogue.operationIndex(id) == index else {
            throw Problem(CommandRefusal.operationReplaced(id))
        }
        // Before the files are read: they must hold the log that this process writes.
        let durable = control.shared.durableEnd.withLock { $0 }
        let operation = catalogue.operations[Int(index)]
        do {
            let secrets = try await control.loadSecrets(operation.dataKeyID)
            return try await Task(executorPreference: control.executors.exports) {
                [control] in
                try control.exports.write(
                    index, operation, secrets.receive(), comingBy: durable,
                    at: control.shared.ledgerTime,
                    keys: { [shared = control.shared] in shared.projected.catalogue.keys })
            }.value
        } catch {
            if let problem = error as? Problem { throw problem }
            control.shared.logger.error(
                "cannot export the operation; it is unchanged",
                metadata: ["operation": "\(id)", "error": "\(error)"])
            throw .history(
                error, "Not exported, and nothing has changed", archive: control.exports.archive,
                or: .exportFailed)
        }
    }

    /// One that no retirement followed is not all there is, and holds what people gave.
    private func removeExport(_ receipt: ExportReceipt) {
        do {
            try FileManager.default.removeItem(atPath: control.exports.folder + "/" + receipt.file)
        } catch {
            control.shared.logger.warning(
                "cannot remove an orphaned export",
                metadata: ["file": "\(receipt.file)", "error": "\(error)"])
        }
    }
}
