import Contract
import Ledger
import Time

@testable import Gateway

/// The rules of entries and operations told a second time, as plainly as can be. It is given the
/// durable records in order, and holds each against the rules. It shares the records' types with
/// the ledger, and no code.
struct PlainModel {
    struct Operation {
        let id: String
        var settings: OperationSettings
        var phase = "draft"
        var suspension: Suspension?
        var pace: UInt32?
        var rung = Ladder.Rung.open
        /// "reset" or "deleted", where it is no more.
        var end: String?
        var entries: UInt64 = 0
        /// Each person's number.
        var participants: [UInt64: UInt32] = [:]
        /// The first entry of a person, by day where the rule is one entry a day.
        var firstEntries: [PersonDay: UInt64] = [:]
        var idempotent: [UInt64: UInt64] = [:]
    }

    struct PersonDay: Hashable {
        var person: UInt64
        var day: Int64
    }

    struct Key {
        let id: String
        var operation: Int
        var isRevoked = false
    }

    struct Entry {
        let operation: Int
        let person: UInt64
        let participant: UInt32
        /// The turn in which it became durable.
        let turn: Int
    }

    /// The answer that an entry is owed.
    enum Expectation: Equatable {
        case new
        case repeated(number: UInt64, participant: UInt32)
        case refused(EntryVerdict)
    }

    private(set) var operations: [Operation] = []
    private(set) var keys: [Key] = []
    private(set) var entries: [UInt64: Entry] = [:]
    private(set) var lastNumber: UInt64 = 0
    private(set) var starts = 0

    /// The operation that has this name now.
    func current(_ id: String) -> Int? {
        operations.lastIndex { $0.id == id && $0.end == nil }
    }

    // MARK: Entries

    func expectation(_ entry: SimulatedLoop.Entry, at time: Timestamp) -> Expectation {
        guard entry.key < keys.count, !keys[Int(entry.key)].isRevoked else {
            return .refused(.keyRevoked)
        }
        guard entry.operation < operations.count else { return .refused(.wrongOperation) }
        let operation = operations[Int(entry.operation)]
        guard keys[Int(entry.key)].operation == entry.operation else {
            return .refused(operation.end == "reset" ? .full : .wrongOperation)
        }
        if let key = entry.idempotency, let number = operation.idempotent[key],
            time.milliseconds - Self.milliseconds(of: number) < 86_400_000
        {
            return repeated(number)
        }
        if operation.phase != "open" {
            return .refused(operation.phase == "draft" ? .notOpen : .closed)
        }
        if let suspension = operation.suspension {
            return .refused(suspension.isDefinitive ? .suspendedForGood : .suspended)
        }
        if case .suspended = operation.enforcedRung { return .refused(.suspended) }
        if operation.settings.minimumAge != nil, !entry.isAgeConfirmed {
            return .refused(.refused)
        }
        if let first = first(of: entry.person, operation.settings.rule, at: time),
            let number = operation.firstEntries[first]
        {
            return repeated(number)
        }
        return .new
    }

    private func repeated(_ number: UInt64) -> Expectation {
        .repeated(number: number, participant: entries[number]?.participant ?? 0)
    }

    private func first(
        of person: UInt64, _ rule: EntryRule, at time: Timestamp
    ) -> PersonDay? {
        switch rule {
        case .once: PersonDay(person: person, day: 0)
        case .daily: PersonDay(person: person, day: time.milliseconds / 86_400_000)
        case .unlimited: nil
        }
    }

    /// - Returns: what is wrong with a durable entry; nil if nothing is.
    mutating func add(_ record: EntryRecord, at time: Timestamp, turn: Int) -> String? {
        let command = record.command
        let entry = SimulatedLoop.Entry(
            operation: command.operation, key: command.key, person: command.participant.low,
            connection: 0, idempotency: command.idempotency.isNone ? nil : command.idempotency.low,
            isAgeConfirmed: command.ageConfirmed)
        let expected = expectation(entry, at: time)
        guard expected == .new else { return "an entry that should be \(expected)" }
        let number = max(
            lastNumber + 1, UInt64(time.milliseconds - 1_577_836_800_000) * 1_048_576)
        guard record.entry.rawValue == number else {
            return "entry number \(record.entry), not \(number)"
        }
        let index = Int(entry.operation)
        let known = operations[index].participants[entry.person]
        let participant = known ?? UInt32(operations[index].participants.count + 1)
        guard record.participant == participant else {
            return "participant \(record.participant), not \(participant)"
        }
        let rule = operations[index].settings.rule
        if let first = first(of: entry.person, rule, at: time) {
            operations[index].firstEntries[first] = number
        }
        operations[index].participants[entry.person] = participant
        operations[index].entries += 1
        if let key = entry.idempotency { operations[index].idempotent[key] = number }
        entries[number] = Entry(
            operation: index, person: entry.person, participant: participant, turn: turn)
        lastNumber = number
        return nil
    }

    private static func milliseconds(of number: UInt64) -> Int64 {
        Int64(number / 1_048_576) + 1_577_836_800_000
    }

    // MARK: Commands

    mutating func add(_ command: AdministrativeCommand) {
        switch command {
        case .operation(let command): add(command)
        case .access(.addKey(let id, let keyID, _)):
            if let operation = current(id) { keys.append(Key(id: keyID, operation: operation)) }
        case .access(.revokeKey(let keyID, _)):
            for index in keys.indices where keys[index].id == keyID {
                keys[index].isRevoked = true
            }
        case .fact(.started): starts += 1
        case .access, .contract, .fact: break
        }
    }

    private mutating func add(_ command: OperationCommand) {
        guard let index = current(command.operation) else {
            if case .put(let id, let settings, _) = command {
                operations.append(Operation(id: id, settings: settings))
            }
            return
        }
        switch command {
        case .put(_, let settings, _):
            if settings.policy != operations[index].settings.policy {
                operations[index].rung = .open
            }
            operations[index].settings = settings
        case .open: operations[index].phase = "open"
        case .close: operations[index].phase = "closed"
        case .suspend(_, let ground, let until, let isDefinitive, _, _):
            operations[index].suspension = Suspension(
                ground: ground, since: Timestamp(milliseconds: 0), until: until,
                isDefinitive: isDefinitive)
        case .resume:
            operations[index].suspension = nil
            operations[index].rung = .open
        case .setPace(_, let perSecond, _): operations[index].pace = perSecond
        case .reset:
            var successor = operations[index]
            successor.entries = 0
            successor.participants = [:]
            successor.firstEntries = [:]
            successor.idempotent = [:]
            successor.rung = .open
            for key in keys.indices where keys[key].operation == index {
                keys[key].operation = operations.count
            }
            end(index, "reset")
            operations.append(successor)
        case .delete:
            for key in keys.indices where keys[key].operation == index {
                keys[key].isRevoked = true
            }
            end(index, "deleted")
        }
    }

    private mutating func end(_ index: Int, _ how: String) {
        operations[index].end = how
        operations[index].phase = "closed"
        operations[index].suspension = nil
        operations[index].pace = nil
        operations[index].rung = .open
    }

    // MARK: Events

    /// - Returns: what is wrong with the event; nil if nothing is.
    mutating func add(_ event: LedgerEvent, at time: Timestamp) -> String? {
        guard let index = current(event.operation) else { return "an event of nothing: \(event)" }
        switch event {
        case .coverNear(_, let participants, _), .coverCrossed(_, let participants, _):
            let counted = operations[index].participants.count
            return participants == counted ? nil : "\(event) at \(counted) participants"
        case .step(let step):
            switch step.kind {
            case .smooth: operations[index].rung = .smoothed(perSecond: step.perSecond ?? 0)
            case .suspend: operations[index].rung = .suspended(until: step.until ?? time)
            case .resume: operations[index].rung = .open
            }
            return nil
        case .suspensionEnded(_, _, let until):
            guard operations[index].suspension?.until == until, until <= time else {
                return "\(event) at \(time.rfc3339)"
            }
            operations[index].suspension = nil
            return nil
        }
    }
}

extension PlainModel.Operation {
    var enforcedRung: Ladder.Rung { settings.policy == .enforce ? rung : .open }

    /// Entries a second, a person's pace or the ladder's; nil for none.
    var perSecond: UInt32? {
        guard case .smoothed(let perSecond) = enforcedRung else { return pace }
        return pace.map { min($0, perSecond) } ?? perSecond
    }

    /// Where it stands, as the board has it.
    var state: OperationState {
        if phase == "draft" { return .draft }
        if phase == "closed" { return .closed }
        if suspension != nil { return .suspended }
        if case .suspended = enforcedRung { return .suspended }
        return perSecond == nil ? .open : .smoothed
    }
}
