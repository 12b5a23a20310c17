import Contract
import Ledger
import Time

/// What commands that were carried out make of the model.
extension PlainModel {
    /// - Returns: what is wrong with a durable command; nil if nothing is.
    mutating func add(_ command: AdministrativeCommand, at time: Timestamp) -> String? {
        if let missing = missingEvent(at: time, touching: touched(by: command)) {
            return "\(command.name) before \(missing)"
        }
        switch command {
        case .operation(let command): add(command, at: time)
        case .access(let command): add(command)
        case .contract(let command): add(command, at: time)
        // A trace changes nothing.
        case .person: break
        case .fact(.started(_, let policy)):
            starts += 1
            if let policy { self.policy = policy }
            for index in operations.indices { operations[index].ladder?.forgetDurations() }
            platform.waitingSince = nil
        case .fact(.measured(let report)): climb(report, at: time)
        case .fact(.unknownSource(let surge)): return add(surge)
        case .fact(.answered): break
        }
        return nil
    }

    /// The operations that a command is about.
    private func touched(by command: AdministrativeCommand) -> [Int] {
        if case .fact(.measured(let report)) = command {
            return report.operations.compactMap { current($0.operation) }
        }
        return command.operation.flatMap { current($0) }.map { [$0] } ?? []
    }

    private mutating func add(_ command: AccessCommand) {
        switch command {
        case .addKey(let id, let keyID, _):
            if let operation = current(id) { keys.append(Key(id: keyID, operation: operation)) }
        case .revokeKey(let keyID, _):
            for index in keys.indices where keys[index].id == keyID {
                keys[index].isRevoked = true
            }
        case .addToken(let id, let holder, let digest):
            tokens.append(Token(id: id, holder: holder, digest: digest))
        case .revokeToken(let id, _):
            for index in tokens.indices where tokens[index].id == id {
                tokens[index].isRevoked = true
            }
        }
    }

    private mutating func add(_ command: ContractCommand, at time: Timestamp) {
        if case .setPolicy(let policy) = command { self.policy = policy }
        guard let index = command.operation.flatMap({ current($0) }) else { return }
        let counted = operations[index].participants.count
        switch command {
        case .giveNotice(_, let expected, _):
            operations[index].declared.giveNotice(of: expected, counted: counted)
        case .withdrawNotice: operations[index].declared.withdrawNotice()
        case .declareCampaign(_, let campaign, let declaration):
            operations[index].declared.declare(
                campaign, declaration, counted: counted, at: time)
        case .withdrawCampaign(_, let campaign, _): operations[index].declared.withdraw(campaign)
        case .putClient, .setPolicy: break
        }
        approachCover(of: index, at: time)
    }

    private mutating func add(_ surge: UnknownSource) -> String? {
        guard let index = current(surge.operation) else { return "a surge of nothing: \(surge)" }
        // Some may have been counted before a reset.
        let counted = operations.filter { $0.id == surge.operation }
            .reduce(0) { $0 + $1.sources[surge.source, default: 0] }
        guard surge.entries <= counted else { return "\(surge) of \(counted) entries" }
        operations[index].unknownSources.removeAll { $0 == surge.source }
        operations[index].unknownSources.insert(surge.source, at: 0)
        operations[index].unknownSources = Array(operations[index].unknownSources.prefix(8))
        return nil
    }

    private mutating func add(_ command: OperationCommand, at time: Timestamp) {
        guard let index = current(command.operation) else {
            if case .put(let id, let settings, let dataKey) = command {
                operations.append(Operation(id: id, settings: settings, dataKey: dataKey))
            }
            return
        }
        switch command {
        case .put(_, let settings, _):
            if settings.policy != operations[index].settings.policy {
                operations[index].rung = .open
                operations[index].ladder = nil
            }
            operations[index].settings = settings
        case .open: operations[index].phase = "open"
        case .close: operations[index].phase = "closed"
        case .suspend(_, let ground, let until, let isDefinitive, _, _):
            operations[index].suspension = Suspension(
                ground: ground, since: time, until: until, isDefinitive: isDefinitive)
        case .resume:
            operations[index].suspension = nil
            operations[index].rung = .open
            operations[index].ladder = nil
        case .setPace(_, let perSecond, _): operations[index].pace = perSecond
        case .reset(_, let dataKey, _): reset(index, dataKey)
        case .delete:
            for key in keys.indices where keys[key].operation == index {
                keys[key].isRevoked = true
            }
            end(index, "deleted")
        }
    }

    private mutating func reset(_ index: Int, _ dataKey: String) {
        var successor = operations[index]
        successor.dataKey = dataKey
        successor.entries = 0
        successor.participants = [:]
        successor.firstEntries = [:]
        successor.idempotent = [:]
        successor.sources = [:]
        successor.rung = .open
        successor.ladder = nil
        successor.declared.reset()
        for key in keys.indices where keys[key].operation == index {
            keys[key].operation = operations.count
        }
        end(index, "reset")
        operations.append(successor)
    }

    private mutating func end(_ index: Int, _ how: String) {
        operations[index].end = how
        operations[index].phase = "closed"
        operations[index].suspension = nil
        operations[index].pace = nil
        operations[index].rung = .open
        operations[index].ladder = nil
    }
}
