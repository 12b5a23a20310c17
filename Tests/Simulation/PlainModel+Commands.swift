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
        // Who is sent events is no part of the model; nothing else depends on it.
        case .webhook: break
        case .permit(let command): add(command)
        // What concerns the service decides nothing of entries.
        case .incident, .maintenance, .service: break
        case .client(let command): add(command, at: time)
        case .fact(.started(_, let policy, _)):
            starts += 1
            if let policy { self.policy = policy }
            for index in operations.indices { operations[index].ladder?.forgetDurations() }
            platform.waitingSince = nil
        case .fact(.measured(let report)):
            settleClients(of: report, at: time)
            climb(report, at: time)
        case .fact(.unknownSource(let surge)): return add(surge, at: time)
        case .fact(.rise(let rise)): return add(rise, at: time)
        case .fact(.answered), .fact(.robots), .fact(.notAccepted): break
        // For the next start; nothing is decided by them.
        case .fact(.queue), .fact(.draw): break
        // Minutes have a plain model of their own; nothing else depends on them.
        case .fact(.probeMinute), .fact(.lostMinute): break
        // It says which records may follow, and decides none.
        case .fact(.level): break
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

    /// A client with all its operations.
    private mutating func add(_ command: ClientCommand, at time: Timestamp) {
        var suspension: Suspension?
        switch command {
        case .suspend(_, let order):
            suspension = Suspension(
                ground: order.ground, since: time, until: order.until,
                isDefinitive: order.isDefinitive)
        case .resume: break
        case .addNote: return
        }
        clientSuspensions[command.client] = suspension
        for index in operations.indices
        where operations[index].settings.client == command.client && operations[index].end == nil {
            operations[index].clientSuspension = suspension
        }
    }

    private mutating func add(_ command: AccessCommand) {
        switch command {
        case .addKey(let id, let keyID, _, let frontEnd):
            if let operation = current(id) {
                keys.append(Key(id: keyID, operation: operation, frontEnd: frontEnd))
            }
        case .revokeKey(let keyID, _, _):
            for index in keys.indices where keys[index].id == keyID {
                keys[index].isRevoked = true
            }
        // What is suspected works on.
        case .suspectKey, .suspectToken: break
        case .addToken(let id, let holder, let digest, let expires):
            tokens.append(Token(id: id, holder: holder, digest: digest, expires: expires))
        case .renewToken(let id, let renewal):
            for index in tokens.indices where tokens[index].id == id {
                tokens[index].expires = min(tokens[index].expires, renewal.overlapUntil)
                tokens.append(
                    Token(
                        id: renewal.tokenID, holder: tokens[index].holder, digest: renewal.digest,
                        expires: renewal.expires))
            }
        case .revokeToken(let id, _, _):
            for index in tokens.indices where tokens[index].id == id {
                tokens[index].isRevoked = true
            }
        }
    }

    private mutating func add(_ command: ContractCommand, at time: Timestamp) {
        if case .setPolicy(let policy) = command { self.policy = policy }
        guard let index = command.operation.flatMap({ current($0) }) else { return }
        let counted = operations[index].participants.count
        let isLate = counted > operations[index].declared.participants
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
        // A late notice changes nothing.
        if case .giveNotice = command, isLate { return }
        forgetAnnounced(of: index, at: time)
        approachCover(of: index, at: time)
        settleClient(of: index, at: time)
    }

    private mutating func add(_ surge: UnknownSource, at time: Timestamp) -> String? {
        guard let index = current(surge.operation) else { return "a surge of nothing: \(surge)" }
        // Some may have been counted before a reset.
        let counted = operations.filter { $0.id == surge.operation }
            .reduce(0) { $0 + $1.sources[surge.source, default: 0] }
        guard surge.entries <= counted else { return "\(surge) of \(counted) entries" }
        operations[index].unknownSources.removeAll { $0 == surge.source }
        operations[index].unknownSources.insert(surge.source, at: 0)
        operations[index].unknownSources = Array(operations[index].unknownSources.prefix(8))
        addSurge(surge, of: index, at: time)
        return nil
    }

    private mutating func add(_ command: OperationCommand, at time: Timestamp) {
        guard let index = current(command.operation) else {
            if case .put(let id, let settings, let dataKey) = command {
                var operation = Operation(id: id, settings: settings, dataKey: dataKey)
                if let suspension = clientSuspensions[settings.client],
                    suspension.until.map({ time < $0 }) ?? true
                {
                    operation.clientSuspension = suspension
                }
                operations.append(operation)
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
            settleClient(of: index, at: time)
        case .open:
            operations[index].phase = "open"
            settleClient(of: index, at: time)
        case .close:
            operations[index].phase = "closed"
            settleClient(of: index, at: time)
        case .suspend(_, let ground, let until, let isDefinitive, _, _, _):
            operations[index].suspension = Suspension(
                ground: ground, since: time, until: until, isDefinitive: isDefinitive)
        case .resume:
            operations[index].suspension = nil
            operations[index].rung = .open
            operations[index].ladder = nil
        case .setPace(_, let perSecond, _): operations[index].pace = perSecond
        case .reset(_, let dataKey, _):
            reset(index, dataKey)
            settleClient(of: operations.count - 1, at: time)
        case .delete:
            for key in keys.indices where keys[key].operation == index {
                keys[key].isRevoked = true
            }
            end(index, "deleted")
            settleClient(of: index, at: time)
        }
    }

    private mutating func reset(_ index: Int, _ dataKey: String) {
        var successor = operations[index]
        successor.dataKey = dataKey
        successor.entries = 0
        successor.participants = [:]
        successor.firstEntries = [:]
        successor.firstRobots = [:]
        successor.robots = 0
        successor.idempotent = [:]
        successor.secondKeys = [:]
        successor.sources = [:]
        successor.rung = .open
        successor.ladder = nil
        successor.declared.reset()
        successor.notices = PlainNotices()
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
        operations[index].clientSuspension = nil
        operations[index].pace = nil
        operations[index].rung = .open
        operations[index].ladder = nil
        operations[index].notices = PlainNotices()
    }
}
