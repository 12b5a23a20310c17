internal import Bytes
import Contract
package import Time

extension Catalogue {
    /// Carries a command out, or says why not and changes nothing.
    ///
    /// Where the interface is silent:
    /// - a command that asks for what is the case already changes nothing (``Change/none``):
    ///   the same PUT, the same key again, opening what is open, closing what is closed;
    /// - a key is revoked once: the first time and reason stay, later ones change nothing (C16
    ///   counts from the first declaration);
    /// - a draft may be closed, which says that it will not run, and what is closed may be opened
    ///   again: both are a person's decision.
    ///
    /// - Parameter counts: the counts of the operation that the command is about. The ledger knows
    ///   them; a replica applies only commands that the ledger accepted, with the same counts.
    package mutating func apply(
        _ command: AdministrativeCommand, by author: Author, at time: Timestamp,
        counts: OperationCounts? = nil
    ) throws(CommandRefusal) -> Change {
        guard author.role == .client, let id = command.operation, let index = operationIndex(id)
        else { return try applyFamily(command, by: author, at: time, counts: counts) }
        // It was this client's when the command was sent; the name may have gone to another since.
        guard operations[Int(index)].client == author.name else { throw .unknownOperation(id) }
        let limit = LedgerLimits.clientChanges
        guard operations[Int(index)].clientChanges < limit else {
            throw .limitReached(name: "changes by the client", limit: Int(limit))
        }
        let change = try applyFamily(command, by: author, at: time, counts: counts)
        if change != .none { operations[Int(index)].clientChanges += 1 }
        return change
    }

    private mutating func applyFamily(
        _ command: AdministrativeCommand, by author: Author, at time: Timestamp,
        counts: OperationCounts?
    ) throws(CommandRefusal) -> Change {
        switch command {
        case .operation(let command): try apply(command, by: author, at: time, counts: counts)
        case .access(let command): try apply(command, at: time)
        case .contract(let command): try apply(command, at: time, counts: counts)
        case .fact(let fact): try apply(fact)
        }
    }

    func nextIndex(_ count: Int, limit: Int, name: String) throws(CommandRefusal) -> UInt32 {
        guard count < limit else { throw .limitReached(name: name, limit: limit) }
        return UInt32(count)
    }
}
