import Bytes
import Contract
import Time

/// What operation commands do to the catalogue, but for reset and deletion.
extension Catalogue {
    // MARK: Settings and state

    mutating func putOperation(
        _ id: String, _ settings: OperationSettings, dataKeyID: String, at time: Timestamp,
        hasEntries: Bool
    ) throws(CommandRefusal) -> Change {
        guard Identifier.isValid(id) else { throw .invalidIdentifier(of: "operation") }
        guard Identifier.isValid(dataKeyID) else { throw .invalidIdentifier(of: "data key") }
        try settings.validate()
        if let index = operationIndex(id) {
            return try change(index, to: settings, hasEntries: hasEntries)
        }
        guard clientIndex(settings.client) != nil else { throw .unknownClient(settings.client) }
        let index = try nextIndex(
            operations.count, limit: LedgerLimits.operations, name: "operations")
        operations.append(
            Operation(
                id: id, settings: settings, phase: .draft, createdAt: time, dataKeyID: dataKeyID,
                keys: []))
        operationIndices[id] = index
        return .operationAdded(index)
    }

    private mutating func change(
        _ index: UInt32, to settings: OperationSettings, hasEntries: Bool
    ) throws(CommandRefusal) -> Change {
        let operation = operations[Int(index)]
        guard settings.client == operation.client else {
            throw .clientFixed(operation: operation.id, client: operation.client)
        }
        guard settings.rule == operation.settings.rule || !hasEntries else {
            throw .ruleFixed(operation: operation.id, rule: operation.settings.rule)
        }
        guard settings != operation.settings else { return .none }
        operations[Int(index)].settings = settings
        guard settings.policy != operation.settings.policy else { return .operationChanged(index) }
        // A changed policy must not bring an advised step into force, nor the other way round.
        operations[Int(index)].rung = .open
        return .ladderChanged(index)
    }

    /// Gives the operation the state; `nil` if it has it already.
    mutating func move(
        _ id: String, to phase: OperationPhase, note: String?
    ) throws(CommandRefusal) -> UInt32? {
        guard let index = operationIndex(id) else { throw .unknownOperation(id) }
        try Field.requireNote(note)
        guard operations[Int(index)].phase != phase else { return nil }
        // The ladder's measure stays: closing and opening again does not lift it.
        operations[Int(index)].phase = phase
        return index
    }

    // MARK: Suspensions and paces

    mutating func suspend(
        _ id: String, _ suspension: Suspension, by author: Author
    ) throws(CommandRefusal) -> Change {
        guard let index = operationIndex(id) else { throw .unknownOperation(id) }
        guard operations[Int(index)].phase != .closed else { throw .operationClosed(id) }
        if suspension.isDefinitive {
            guard author.isPerson else { throw .definitiveByMachine }
            guard suspension.until == nil else {
                throw .invalid(pointer: "/until", detail: "must be absent if `definitive` is true")
            }
        }
        if let until = suspension.until, until <= suspension.since {
            throw .invalid(pointer: "/until", detail: "must be in the future")
        }
        try requireNotDefinitive(index)
        operations[Int(index)].suspension = suspension
        return .standingChanged(index)
    }

    mutating func resume(_ id: String, _ note: String?) throws(CommandRefusal) -> Change {
        guard let index = operationIndex(id) else { throw .unknownOperation(id) }
        try Field.requireNote(note)
        try requireNotDefinitive(index)
        let operation = operations[Int(index)]
        guard operation.suspension != nil || operation.rung != .open else { return .none }
        operations[Int(index)].suspension = nil
        operations[Int(index)].rung = .open
        return .standingChanged(index)
    }

    private func requireNotDefinitive(_ index: UInt32) throws(CommandRefusal) {
        let operation = operations[Int(index)]
        if operation.suspension?.isDefinitive == true { throw .definitive(operation.id) }
    }

    mutating func setPace(
        _ perSecond: UInt32?, _ note: String?, of id: String
    ) throws(CommandRefusal) -> Change {
        guard let index = operationIndex(id) else { throw .unknownOperation(id) }
        try Field.requireNote(note)
        if let perSecond, !(1...LedgerLimits.pace).contains(perSecond) {
            throw .invalid(
                pointer: "/per_second", detail: "must be from 1 to \(LedgerLimits.pace)")
        }
        guard operations[Int(index)].pace != perSecond else { return .none }
        operations[Int(index)].pace = perSecond
        return .standingChanged(index)
    }
}
