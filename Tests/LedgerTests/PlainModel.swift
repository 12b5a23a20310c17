import Bytes
import Contract
import Ledger
import Time

/// The rules of CONTRACT and INTERFACE told a second time, as plainly as can be: lists that are
/// searched from front to back. It shares the commands' types with the ledger, and no code.
struct PlainModel {
    struct Operation {
        var settings: OperationSettings
        var id: String
        var state = "draft"
        /// When a suspension ends, in milliseconds; `nil` while there is none.
        var suspendedUntil: Int64?
        /// The same of its client's.
        var clientSuspendedUntil: Int64?
        var ground = SuspensionGround.maintenance
        /// Whether its client ordered it.
        var isByClient = false
        /// Whether it is closed, by its client.
        var isClosedByClient = false
        var entries: [Entry] = []
        /// Of its queue, as they were recorded last, and when.
        var counters: QueueCounters?
        var countersAt: Int64?
        /// "reset" or "deleted", where it is no more.
        var end: String?

        /// The state as the ledger names it.
        var shownState: String {
            state == "open" && due < .max ? "suspended" : state
        }

        /// When the first of its suspensions ends; beyond all times without any.
        var due: Int64 { min(suspendedUntil ?? .max, clientSuspendedUntil ?? .max) }

        /// The entries of people; the others count apart.
        var people: [Entry] { entries.filter { $0.countedAs == .participant } }

        var persons: [Int] { PlainModel.persons(of: people) }
    }

    struct Entry {
        var number: UInt64
        var person: Int
        var participant: UInt32
        var idempotency: Int?
        /// Which request the key came with.
        var request = 0
        var secondKey: Int?
        var day: Int64
        var countedAs = CountedAs.participant
    }

    struct Key {
        var id: String
        var operation: Int
        var digest: KeyDigest
        var frontEnd: FrontEndKind
        var isRevoked = false
        var isSuspected = false
    }

    struct Token {
        var id: String
        var holder: Author
        var digest: KeyDigest
        /// Milliseconds.
        var expires: Int64
        var successor: String?
        var isRevoked = false
        var isSuspected = false
    }

    /// One participation with names in place of hashes.
    struct Participation {
        var operation: Int
        var key: Int
        var person: Int
        var idempotency: Int?
        /// Which request the key came with.
        var request = 0
        var secondKey: Int?
        var age: Bool
        var consents: Bool
        var challenge: Challenge?
        var countedAs = CountedAs.participant
        /// Which permit a test entry came with.
        var permit: Int?
    }

    /// What came as a solved challenge.
    struct Challenge {
        /// Which one; nil for a wrong solution.
        var number: Int?
        /// Seconds.
        var expires: UInt32
    }

    enum Answer: Equatable {
        case accepted(UInt64, UInt32)
        case repeated(UInt64, UInt32)
        case refused(String)
    }

    var clients: [String: String] = [:]
    /// When each client's suspension ends, or ended.
    var clientSuspensions: [String: Int64] = [:]
    var operations: [Operation] = []
    var keys: [Key] = []
    var tokens: [Token] = []
    var permits: [Permit] = []
    var service = Service()
    /// Challenges that entries were let in with.
    var used: Set<Int> = []
    var starts = 0
    var lastNumber: UInt64 = 0
    var changes = 0

    // MARK: What time brings about

    /// Begins a batch: of all suspensions whose time is over the first sixty-four end.
    mutating func beginBatch(at time: Int64) -> [LedgerEvent] {
        var events: [LedgerEvent] = []
        while events.count < 64,
            let first = operations.indices.filter({ isDue($0, at: time) })
                .min(by: { (operations[$0].due, $0) < (operations[$1].due, $1) })
        {
            events.append(endSuspension(of: first, at: time))
        }
        return events + serviceEvents(at: time, atMost: 64 - events.count)
    }

    /// Ends the operation's suspensions whose time is over, because something touches it.
    mutating func settle(_ index: Int, at time: Int64) -> [LedgerEvent] {
        var events: [LedgerEvent] = []
        while operations.indices.contains(index), isDue(index, at: time) {
            events.append(endSuspension(of: index, at: time))
        }
        return events
    }

    private func isDue(_ index: Int, at time: Int64) -> Bool { operations[index].due <= time }

    /// The operation's own goes first.
    private mutating func endSuspension(of index: Int, at time: Int64) -> LedgerEvent {
        changes += 1
        let id = operations[index].id
        if let until = operations[index].suspendedUntil, until <= time {
            operations[index].suspendedUntil = nil
            return .suspensionEnded(
                operation: id, ground: operations[index].ground,
                until: Timestamp(milliseconds: until))
        }
        let until = operations[index].clientSuspendedUntil ?? 0
        operations[index].clientSuspendedUntil = nil
        return .clientSuspensionEnded(
            operation: id, ground: .fraud, until: Timestamp(milliseconds: until))
    }

    // MARK: Entries and commands

    mutating func enter(_ given: Participation, at time: Int64) -> Answer {
        guard given.key < keys.count else { return .refused("unknownKey") }
        if keys[given.key].isRevoked { return .refused("keyRevoked") }
        guard given.operation < operations.count else { return .refused("unknownOperation") }
        if keys[given.key].operation != given.operation {
            let isReset = operations[given.operation].end == "reset"
            return .refused(isReset ? "reset" : "wrongOperation")
        }
        if let refusal = permitRefusal(of: given, at: time) { return .refused(refusal) }
        let operation = operations[given.operation]
        let settings = operation.settings
        // A run is a world of its own.
        let entries = given.permit.map { permits[$0].entries } ?? operation.entries

        let sameKey = entries.last {
            given.idempotency != nil && $0.idempotency == given.idempotency
        }
        if let sameKey, time - acceptedAt(sameKey) < 24 * 3_600_000 {
            guard sameKey.request == given.request else { return .refused("idempotencyKeyReused") }
            return .repeated(sameKey.number, sameKey.participant)
        }
        if operation.state == "draft" { return .refused("notOpen") }
        if operation.state == "closed" { return .refused("closed") }
        if let opens = settings.opens, time < opens.milliseconds { return .refused("notOpen") }
        if let closes = settings.closes, time >= closes.milliseconds { return .refused("closed") }
        if operation.due < .max { return .refused("suspended(isDefinitive: false)") }
        let failed = given.challenge.map { !isGood($0, at: time) } ?? false
        let lacking = [
            settings.minimumAge != nil && !given.age ? "age" : nil,
            !settings.consents.isEmpty && !given.consents ? "consents" : nil,
        ].compactMap(\.self)
        if !lacking.isEmpty {
            return .refused((lacking + (failed ? ["challenge"] : [])).joined(separator: " and "))
        }

        let day = localDay(time, settings.localTime)
        if let first = first(of: given, in: entries, settings, on: day) {
            return .repeated(first.number, first.participant)
        }
        if failed { return .refused("challenge") }
        if given.permit == nil, let refusal = refusal(of: given, in: operation, on: day) {
            return .refused(refusal)
        }
        if let number = given.challenge?.number { used.insert(number) }
        let persons =
            given.permit == nil ? operation.persons : Self.persons(of: entries)
        let place = persons.firstIndex(of: given.person) ?? persons.count
        let entry = Entry(
            number: nextNumber(time), person: given.person,
            participant: given.countedAs == .robot ? 0 : UInt32(place + 1),
            idempotency: given.idempotency, request: given.request, secondKey: given.secondKey,
            day: day, countedAs: given.countedAs)
        if let permit = given.permit {
            permits[permit].entries.append(entry)
        } else {
            operations[given.operation].entries.append(entry)
        }
        lastNumber = entry.number
        changes += 1
        return .accepted(entry.number, entry.participant)
    }

    /// The code of the refusal; `nil` if the command is carried out.
    mutating func apply(
        _ command: AdministrativeCommand, by author: Author, at time: Int64
    ) -> String? {
        if author.role == .client, let index = command.operation.flatMap({ current($0) }) {
            guard operations[index].settings.client == author.name else {
                return "unknown_operation"
            }
            if let refusal = clientRefusal(of: command, about: operations[index]) {
                return refusal
            }
        }
        if author.role == .client, case .client(let command) = command {
            if command.client != author.name || clients[author.name] == nil {
                return "unknown_client"
            }
            if case .addNote = command {} else { return "forbidden" }
        }
        if command.isOfService { return applyService(command, by: author, at: time) }
        return apply(command, isByClient: author.role == .client, at: time)
    }

    /// What a client may not do with its own operation.
    private func clientRefusal(
        of command: AdministrativeCommand, about operation: Operation
    ) -> String? {
        let isHeld = operation.suspendedUntil != nil && !operation.isByClient
        switch command {
        case .operation(.suspend(_, let ground, _, _, _, _, _)):
            if ground != .clientInstruction { return "forbidden" }
            return isHeld ? "held_by_another" : nil
        case .operation(.resume) where operation.suspendedUntil != nil:
            return isHeld ? "held_by_another" : nil
        case .operation(.resume), .operation(.reset), .operation(.delete):
            let isClientHeld = operation.clientSuspendedUntil != nil
            return isHeld || isClientHeld ? "held_by_another" : nil
        default: return nil
        }
    }

    private mutating func apply(
        _ command: AdministrativeCommand, isByClient: Bool, at time: Int64
    ) -> String? {
        switch command {
        case .contract(.putClient(let id, let name)):
            if clients[id] != name { changes += 1 }
            clients[id] = name
        case .operation(.put(let id, let settings, _)):
            return put(id, settings, at: time)
        case .access(.addKey(let operation, let keyID, let digest, let frontEnd)):
            guard let owner = current(operation) else {
                return "unknown_operation"
            }
            let same = keys.first { $0.id == keyID || $0.digest == digest }
            if let same {
                let isIt =
                    same.id == keyID && same.digest == digest && same.operation == owner
                    && same.frontEnd == frontEnd
                return isIt ? nil : "key_exists"
            }
            keys.append(Key(id: keyID, operation: owner, digest: digest, frontEnd: frontEnd))
            changes += 1
        case .access(.revokeKey(let keyID, _, let declared)):
            guard let index = keys.firstIndex(where: { $0.id == keyID }) else {
                return "unknown_key"
            }
            if let declared, declared.milliseconds > time { return "invalid" }
            if !keys[index].isRevoked { changes += 1 }
            keys[index].isRevoked = true
        case .access(.suspectKey(let keyID, _)):
            guard let index = keys.firstIndex(where: { $0.id == keyID }) else {
                return "unknown_key"
            }
            if keys[index].isRevoked { return "not_in_force" }
            if !keys[index].isSuspected { changes += 1 }
            keys[index].isSuspected = true
        case .access(let command): return apply(command, at: time)
        case .operation(.open(let id, _)): return move(id, "open", isByClient: isByClient)
        case .operation(.close(let id, _)): return move(id, "closed", isByClient: isByClient)
        case .operation(.reset(let id, _, _)):
            guard let index = current(id) else { return "unknown_operation" }
            var next = operations[index]
            next.entries = []
            next.counters = nil
            next.countersAt = nil
            for key in keys.indices where keys[key].operation == index {
                keys[key].operation = operations.count
            }
            end(index, "reset")
            operations.append(next)
        case .operation(.delete(let id, _)):
            guard let index = current(id) else { return "unknown_operation" }
            for key in keys.indices where keys[key].operation == index {
                keys[key].isRevoked = true
            }
            end(index, "deleted")
        case .operation(.suspend(let id, let ground, let until, _, _, _, _)):
            guard let index = current(id) else { return "unknown_operation" }
            if operations[index].state == "closed" { return "operation_closed" }
            guard let until, until.milliseconds > time else { return "invalid" }
            operations[index].suspendedUntil = until.milliseconds
            operations[index].ground = ground
            operations[index].isByClient = isByClient
            changes += 1
        case .operation(.resume(let id, _, _)):
            guard let index = current(id) else { return "unknown_operation" }
            if operations[index].suspendedUntil != nil { changes += 1 }
            operations[index].suspendedUntil = nil
        case .client(let command): return apply(command, at: time)
        case .permit(let command): return apply(command, at: time)
        case .fact(.started):
            starts += 1
            changes += 1
        case .fact(.queue(let queue)):
            guard let index = current(queue.operation) else { return "unknown_operation" }
            operations[index].counters = queue.counters
            operations[index].countersAt = time
            changes += 1
        default: preconditionFailure("the model does not know \(command)")
        }
        return nil
    }
}
