internal import Contract

/// What a client may do to its own operations by a token of its own (C8, C18), where the route
/// alone does not say it. Decided here, so that nothing that happens meanwhile changes the answer.
package enum ClientRights {
    /// - Throws: `forbidden` for what is the operator's to decide, `heldByAnother` for what would
    ///   lift a measure of others, `limitReached`.
    static func require(
        _ command: OperationCommand, of operation: Catalogue.Operation
    ) throws(CommandRefusal) {
        switch command {
        case .put(_, let settings, _):
            guard settings.policy == operation.settings.policy else {
                throw .forbidden(detail: "The setting `policy` is the operator's to change.")
            }
        case .suspend(_, let ground, _, _, _, _, _):
            guard ground == .clientInstruction else {
                throw .forbidden(
                    detail: "A client's token suspends on the ground `client_instruction` only.")
            }
            // In its place the client's own would stand, and could be lifted.
            if let suspension = operation.suspension, !suspension.isByClient {
                throw .heldByAnother(operation.id)
            }
        case .resume:
            if operation.suspension?.isByClient != true, operation.isHeldByAnother {
                throw .heldByAnother(operation.id)
            }
        case .reset: try requireRetirement(of: operation, isReset: true)
        case .delete: try requireRetirement(of: operation, isReset: false)
        case .setPace: throw .forbidden(detail: "A pace is the operator's to set.")
        case .open, .close: break
        }
    }

    /// Whether the author may open the operation: a client opens a draft of its own, and what it
    /// closed itself. What an admin closed, an admin opens.
    ///
    /// Asked before a command is folded, and not by the fold: older logs have records that this
    /// refuses, and replay.
    /// - Throws: `heldByAnother`.
    package static func requireOpening(
        _ record: AdministrativeRecord, in catalogue: Catalogue
    ) throws(CommandRefusal) {
        guard case .operation(.open(let id, _)) = record.command, record.author.role == .client,
            let operation = catalogue.operation(id), operation.client == record.author.name,
            operation.phase == .closed, !operation.isClosedByClient
        else { return }
        throw .heldByAnother(id)
    }

    /// Whether its client may reset or delete an operation now. The control side asks before it
    /// makes an export.
    /// - Throws: `heldByAnother`: a reset would start the ladder and the cover anew, and what was
    ///   suspended by order of an authority must not be destroyed; `limitReached`.
    package static func requireRetirement(
        of operation: Catalogue.Operation, isReset: Bool
    ) throws(CommandRefusal) {
        guard !operation.isHeldByAnother else { throw .heldByAnother(operation.id) }
        if isReset { try operation.requireClientReset() }
    }
}
