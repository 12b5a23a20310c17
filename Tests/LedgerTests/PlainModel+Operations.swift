import Contract
import Ledger
import Time

/// Operations: their settings, their states, their ends.
extension PlainModel {
    mutating func put(
        _ id: String, _ settings: OperationSettings, at time: Int64
    ) -> String? {
        if let opens = settings.opens, let closes = settings.closes, closes <= opens {
            return "invalid"
        }
        guard let index = current(id) else {
            if clients[settings.client] == nil { return "unknown_client" }
            var operation = Operation(settings: settings, id: id)
            // To come too, while it holds.
            operation.clientSuspendedUntil = clientSuspensions[settings.client]
                .flatMap { $0 > time ? $0 : nil }
            operations.append(operation)
            changes += 1
            return nil
        }
        let old = operations[index]
        if old.settings.client != settings.client { return "client_fixed" }
        let isEntered = !old.entries.isEmpty
        if old.settings.rule != settings.rule, isEntered { return "rule_fixed" }
        if old.settings.identity != settings.identity, isEntered || old.counters != nil {
            return "identity_fixed"
        }
        if old.settings.secondKey != settings.secondKey, isEntered { return "second_key_fixed" }
        switch settings.cap {
        case .entries(let most) where old.people.count > Int(most): return "cap_below_count"
        case .participants(let most) where old.persons.count > Int(most): return "cap_below_count"
        default: break
        }
        if old.settings != settings { changes += 1 }
        operations[index].settings = settings
        return nil
    }

    func current(_ id: String) -> Int? {
        operations.firstIndex { $0.id == id && $0.end == nil }
    }

    mutating func end(_ index: Int, _ how: String) {
        operations[index].end = how
        operations[index].state = "closed"
        operations[index].suspendedUntil = nil
        operations[index].clientSuspendedUntil = nil
        operations[index].counters = nil
        operations[index].countersAt = nil
        changes += 1
    }

    mutating func move(_ id: String, _ state: String, isByClient: Bool) -> String? {
        guard let index = current(id) else {
            return "unknown_operation"
        }
        let isTakenOver = operations[index].isClosedByClient && !isByClient
        if operations[index].state != state || isTakenOver {
            changes += 1
            operations[index].isClosedByClient = state == "closed" && isByClient
        }
        operations[index].state = state
        return nil
    }
}
