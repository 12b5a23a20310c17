import Bytes
import Contract
internal import Time

/// What cannot be undone (C18): an operation set back to zero, or taken away.
///
/// In both the index is retired and never given to another, because records of entries name it.
/// What was forgotten cannot be met again: every key of the tables has the index in it.
extension Catalogue {
    /// The operation goes on under a new index. What was set up, declared and decided by persons
    /// stays; the ladder begins anew, because nobody has entered.
    mutating func reset(
        _ id: String, dataKeyID: String, _ export: ExportReceipt, _ counts: OperationCounts?
    ) throws(CommandRefusal) -> Change {
        guard let old = operationIndex(id) else { throw .unknownOperation(id) }
        guard Identifier.isValid(dataKeyID) else { throw .invalidIdentifier(of: "data key") }
        try export.validate()
        try export.require(old, counts, of: id)
        let new = try nextIndex(
            operations.count, limit: LedgerLimits.operations, name: "operations")
        var successor = operations[Int(old)]
        successor.dataKeyID = dataKeyID
        successor.coverStage = .within
        successor.crossedAt = nil
        successor.rung = .open
        operations.append(successor)
        operationIndices[id] = new
        for key in successor.keys { keys[Int(key)].operation = new }
        retire(old, .reset(successor: new))
        operations[Int(old)].keys = []
        return .operationReset(old, successor: new)
    }

    mutating func delete(
        _ id: String, _ export: ExportReceipt, _ counts: OperationCounts?, at time: Timestamp
    ) throws(CommandRefusal) -> Change {
        guard let index = operationIndex(id) else { throw .unknownOperation(id) }
        try export.validate()
        try export.require(index, counts, of: id)
        for key in operations[Int(index)].keys where keys[Int(key)].revokedAt == nil {
            keys[Int(key)].revokedAt = time
        }
        retire(index, .deleted)
        operationIndices[id] = nil
        return .operationDeleted(index)
    }

    /// Nothing is held of one that is no more, and nothing of it comes to its time.
    private mutating func retire(_ index: UInt32, _ retirement: Operation.Retirement) {
        operations[Int(index)].retirement = retirement
        operations[Int(index)].phase = .closed
        operations[Int(index)].suspension = nil
        operations[Int(index)].pace = nil
        operations[Int(index)].rung = .open
    }
}
