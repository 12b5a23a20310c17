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
    /// - Parameter counts: what was counted for the operation that the command is about. The ledger
    ///   knows; a replica is given only what the ledger has accepted, and is told the same.
    package mutating func apply(
        _ command: AdministrativeCommand, by author: Author, at time: Timestamp,
        counts: OperationCounts? = nil
    ) throws(CommandRefusal) -> Change {
        guard author.role == .client, let id = command.operation, let index = operationIndex(id)
        else { return try carryOut(command, by: author, at: time, counts: counts) }
        // It was this client's when the command was sent; the name may have gone to another since.
        guard operations[Int(index)].client == author.name else { throw .unknownOperation(id) }
        let limit = LedgerLimits.clientChanges
        guard operations[Int(index)].clientChanges < limit else {
            throw .limitReached(name: "changes by the client", limit: Int(limit))
        }
        let change = try carryOut(command, by: author, at: time, counts: counts)
        if change != .none { operations[Int(index)].clientChanges += 1 }
        return change
    }

    private mutating func carryOut(
        _ command: AdministrativeCommand, by author: Author, at time: Timestamp,
        counts: OperationCounts?
    ) throws(CommandRefusal) -> Change {
        switch command {
        case .putClient(let id, let name):
            return try putClient(id, name: name, at: time)
        case .putOperation(let id, let settings, let dataKeyID):
            return try putOperation(
                id, settings, dataKeyID: dataKeyID, at: time,
                hasEntries: (counts?.entries ?? 0) > 0)
        case .addKey(let operation, let keyID, let digest):
            return try addKey(keyID, digest: digest, to: operation, at: time)
        case .revokeKey(let keyID, let reason):
            return try revokeKey(keyID, reason: reason, at: time)
        case .addToken(let tokenID, let holder, let digest):
            return try addToken(tokenID, for: holder, digest: digest, at: time)
        case .revokeToken(let tokenID, let reason):
            return try revokeToken(tokenID, reason: reason, at: time)
        case .openOperation(let id, let note):
            guard let index = try move(id, to: .open, note: note) else { return .none }
            return .operationOpened(index)
        case .closeOperation(let id, let note):
            guard let index = try move(id, to: .closed, note: note) else { return .none }
            return .operationClosed(index)
        case .giveNotice(let operation, let expected, let note):
            return try giveNotice(
                expected, note, to: operation, at: time, participants: counts?.participants ?? 0)
        case .withdrawNotice(let operation, let note):
            return try withdrawNotice(of: operation, note)
        case .declareCampaign(let operation, let campaign, let declaration):
            return try declare(
                campaign, declaration, of: operation, at: time,
                participants: counts?.participants ?? 0)
        case .withdrawCampaign(let operation, let campaign, let note):
            return try withdraw(campaign, note, of: operation, at: time)
        case .suspendOperation(let id, let ground, let until, let isDefinitive, let note):
            try Field.requireText(note, 1...LedgerLimits.noteBytes, at: "/note")
            let suspension = Suspension(
                ground: ground, since: time, until: until, isDefinitive: isDefinitive)
            return try suspend(id, suspension, by: author)
        case .resumeOperation(let id, let note):
            return try resume(id, note)
        case .setPace(let operation, let perSecond, let note):
            return try setPace(perSecond, note, of: operation)
        case .resetOperation(let id, let dataKeyID, let export):
            return try reset(id, dataKeyID: dataKeyID, export)
        case .deleteOperation(let id, let export):
            return try delete(id, export, at: time)
        case .setPolicy(let policy):
            return try setPolicy(policy)
        case .measured(let report):
            guard report.isPlausible, report.operations.count <= LedgerLimits.reportedOperations
            else { throw .invalid(pointer: "", detail: "is no report that can have been measured") }
            return .factTaken
        case .unknownSource(let surge):
            return try note(surge)
        case .started(let version):
            try Field.requireText(version, 1...LedgerLimits.versionBytes, at: "/version")
            starts &+= 1
            return .started
        }
    }

    private mutating func putClient(
        _ id: String, name: String, at time: Timestamp
    ) throws(CommandRefusal) -> Change {
        guard Identifier.isValid(id) else { throw .invalidIdentifier(of: "client") }
        try Field.requireText(name, 1...LedgerLimits.titleBytes, at: "/name")
        if let index = clientIndex(id) {
            guard clients[Int(index)].name != name else { return .none }
            clients[Int(index)].name = name
            return .clientChanged(index)
        }
        let index = try nextIndex(clients.count, limit: LedgerLimits.clients, name: "clients")
        clients.append(Client(id: id, name: name, createdAt: time))
        clientIndices[id] = index
        return .clientAdded(index)
    }

    private mutating func putOperation(
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
        // What was advised does not come into force by a change of settings, nor the other way
        // round.
        operations[Int(index)].rung = .open
        return .ladderChanged(index)
    }

    private mutating func addKey(
        _ id: String, digest: KeyDigest, to operation: String, at time: Timestamp
    ) throws(CommandRefusal) -> Change {
        guard Identifier.isValid(id) else { throw .invalidIdentifier(of: "key") }
        guard let owner = operationIndex(operation) else { throw .unknownOperation(operation) }
        if let index = keyIndex(id) {
            let key = keys[Int(index)]
            guard key.operation == owner, key.digest == digest else { throw .keyExists(id) }
            return .none
        }
        guard keyIndex(digest: digest) == nil else { throw .keyExists(id) }
        let index = try nextIndex(keys.count, limit: LedgerLimits.keys, name: "keys")
        keys.append(FrontEndKey(id: id, operation: owner, digest: digest, createdAt: time))
        keyIndices[id] = index
        digestIndices[digest] = index
        operations[Int(owner)].keys.append(index)
        return .keyAdded(index)
    }

    private mutating func revokeKey(
        _ id: String, reason: RevocationReason, at time: Timestamp
    ) throws(CommandRefusal) -> Change {
        guard let index = keyIndex(id) else { throw .unknownKey(id) }
        guard keys[Int(index)].revokedAt == nil else { return .none }
        keys[Int(index)].revokedAt = time
        keys[Int(index)].reason = reason
        return .keyRevoked(index)
    }

    /// Gives the operation the state; `nil` if it has it already.
    private mutating func move(
        _ id: String, to phase: OperationPhase, note: String?
    ) throws(CommandRefusal) -> UInt32? {
        guard let index = operationIndex(id) else { throw .unknownOperation(id) }
        try Field.requireNote(note)
        guard operations[Int(index)].phase != phase else { return nil }
        // What the ladder holds, it goes on holding: closing and opening again is no way around it.
        operations[Int(index)].phase = phase
        return index
    }

    func nextIndex(_ count: Int, limit: Int, name: String) throws(CommandRefusal) -> UInt32 {
        guard count < limit else { throw .limitReached(name: name, limit: limit) }
        return UInt32(count)
    }
}
