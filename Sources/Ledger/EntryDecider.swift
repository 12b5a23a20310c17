import Availability
internal import Bytes
import Contract
internal import Time

/// Decides entries: holds who has entered, the numbers given, and what the catalogue says of
/// operations and keys in the form that a decision reads.
///
/// Operations and keys are under the catalogue's indices. The catalogue itself is not read here:
/// the ledger passes on what changes in it.
struct EntryDecider: ~Copyable {
    var operations: [OperationEntryState] = []
    /// The time zone of each operation, for the start of its local day.
    private var localTimes: [LocalTime] = []
    private(set) var keys: [KeyState] = []
    /// The number given last.
    var lastEntry = EntryNumber(rawValue: 0)
    /// Above every leaf that an entry on record is sealed under.
    var nextLeaf: UInt64 = 0
    var participants: ParticipantTable
    /// Entries by second key, of operations that limit them.
    var secondKeys: SecondKeyCounts
    var idempotency: IdempotencyMemory
    private(set) var challenges: UsedChallenges
    /// Entries that came with a permit.
    var tests: TestEntries
    /// What each operation used by month.
    var months = MonthCounts()

    /// - Parameter memoryLimitBytes: the most that each of the tables may take.
    init(memoryLimitBytes: Int) {
        participants = ParticipantTable(memoryLimitBytes: memoryLimitBytes)
        secondKeys = SecondKeyCounts(memoryLimitBytes: memoryLimitBytes)
        idempotency = IdempotencyMemory(memoryLimitBytes: memoryLimitBytes)
        challenges = UsedChallenges(memoryLimitBytes: memoryLimitBytes)
        tests = TestEntries(memoryLimitBytes: memoryLimitBytes)
    }

    /// Bytes of the tables that grow with entries.
    var memoryBytes: Int {
        participants.memoryBytes + secondKeys.memoryBytes + idempotency.memoryBytes
            + challenges.memoryBytes + tests.memoryBytes
    }

    // MARK: Deciding

    /// Decides one entry, see ``Ledger/enter(_:at:)``; inlined there, its only caller.
    @inline(__always)
    mutating func decide(_ command: EntryCommand, at time: Timestamp) -> EntryOutcome {
        if let refusal = keyRefusal(command) { return refusal }
        if command.isTest { return decideTest(command, at: time) }
        let idempotencyKey = command.idempotency.keyed(idempotencyOf: command.operation)
        let isIdempotent = !command.idempotency.isNone
        if isIdempotent, let remembered = idempotency.find(idempotencyKey, at: time) {
            return EntryOutcome(remembered)
        }

        if let refusal = operations[Int(command.operation)].refusal(command, at: time) {
            return command.challenge.isGiven ? named(refusal, command, at: time) : refusal
        }
        if command.challenge.isGiven, let outcome = challengeOutcome(command, at: time) {
            return outcome
        }
        let isLimited = operations[Int(command.operation)].isLimited
        if isLimited, let outcome = limitOutcome(command, at: time) { return outcome }
        guard let entry = lastEntry.next(at: time) else { return .full(.entryNumbers) }
        if isIdempotent, !idempotency.reserve(for: idempotencyKey, at: time) {
            return .full(.memory)
        }
        if command.challenge.isGiven, !challenges.reserve(for: command.challenge, at: time) {
            return .full(.memory)
        }
        let participantsBefore = operations[Int(command.operation)].participants
        let outcome =
            command.countedAs == .participant
            ? admit(command, as: entry, at: time) : admitApart(command, as: entry, at: time)
        guard case .accepted(_, let participant) = outcome else { return outcome }
        if time.milliseconds >= months.end {
            beginMonth(at: time, with: command.operation, participants: participantsBefore)
        }
        if command.challenge.isGiven {
            challenges.put(command.challenge, .init(entry: entry, participant: participant))
        }
        if isIdempotent {
            idempotency.put(idempotencyKey, .init(entry: entry, participant: participant))
        }
        if isLimited, command.countedAs == .participant {
            countSecondKey(of: command, entry, at: time)
        }
        lastEntry = entry
        nextLeaf = max(nextLeaf, command.leaf &+ 1)
        operations[Int(command.operation)].count(command.countedAs)
        return outcome
    }

    /// The entry in hand is the first of its month; it is not counted yet.
    @inline(never)
    private mutating func beginMonth(
        at time: Timestamp, with operation: UInt32, participants: UInt32
    ) {
        months.begin(at: time, operations, entering: operation, participants: participants)
    }

    /// The refusal that ``decide(_:at:)`` would give a new entry; `nil` if it would accept it.
    mutating func refusal(of command: EntryCommand, at time: Timestamp) -> EntryOutcome? {
        if let refusal = keyRefusal(command) { return refusal }
        if command.isTest, let reasons = tests.refusal(of: command, at: time) {
            return .refused(reasons)
        }
        // In place: each waiting entry of a flood is asked.
        let index = Int(command.operation)
        if let refusal = operations[index].refusal(command, at: time) { return refusal }
        if command.challenge.isGiven, !command.isTest,
            let refusal = challenges.refusal(of: command.challenge, at: time)
        {
            return refusal
        }
        let isLimited = operations[index].isLimited && !command.isTest
        return isLimited ? limitRefusal(of: command, at: time) : nil
    }

    /// The first entry that ``decide(_:at:)`` would repeat; `nil` if the entry would be a new one.
    mutating func earlier(_ command: EntryCommand, at time: Timestamp) -> EntryOutcome? {
        guard command.operation < operations.count else { return nil }
        if !command.idempotency.isNone {
            let key = Self.idempotencyKey(of: command)
            if let remembered = idempotency.find(key, at: time) { return EntryOutcome(remembered) }
        }
        return firstEntry(of: command, at: time)
    }

    /// The entry that the rule has this one repeat; `nil` if it is the first one.
    mutating func firstEntry(of command: EntryCommand, at time: Timestamp) -> EntryOutcome? {
        if command.countedAs == .robot { return firstApart(of: command, at: time) }
        var person = Self.person(of: command)
        switch operations[Int(command.operation)].rule {
        case .unlimited: return nil
        case .once: break
        case .daily: person = person.keyed(day: localDay(of: command.operation, at: time))
        }
        return first(person, of: command).map {
            .repeated(entry: $0.entry, participant: $0.participant)
        }
    }

    /// Whether ``decide(_:at:)`` would put a key into one of the tables.
    mutating func takesMemory(_ command: EntryCommand, at time: Timestamp) -> Bool {
        guard refusal(of: command, at: time) == nil, earlier(command, at: time) == nil else {
            return false
        }
        if operations[Int(command.operation)].isLimited, command.countedAs == .participant,
            isNewSecondKey(command, at: time)
        {
            return true
        }
        guard command.idempotency.isNone, !command.challenge.isGiven,
            case .unlimited = operations[Int(command.operation)].rule
        else { return true }
        // Where the rule asks for nobody's first entry, robots are not remembered.
        guard command.countedAs != .robot else { return false }
        return first(Self.person(of: command), of: command) == nil
    }

    /// Releases some of what is no longer read; see ``IdempotencyMemory/release(at:)``.
    mutating func release(at time: Timestamp) {
        idempotency.release(at: time)
        challenges.release(at: time)
    }

    /// Prefetches the memory that deciding such an entry will read, see ``Ledger/anticipate(_:)``.
    func anticipate(operation: UInt32, participant: Fingerprint, idempotency key: Fingerprint) {
        guard operation < operations.count else { return }
        let person = participant.keyed(operation: operation)
        participants.prefetch(person)
        let state = operations[Int(operation)]
        // Of no use where the day ends before the entry is decided.
        if state.rule == .daily { participants.prefetch(person.keyed(day: state.day)) }
        if key.isNone { return }
        idempotency.prefetch(key.keyed(idempotencyOf: operation))
    }

    @inline(__always)
    private func keyRefusal(_ command: EntryCommand) -> EntryOutcome? {
        guard command.key < keys.count else { return .unknownKey }
        let key = keys[Int(command.key)]
        guard !key.isRevoked else { return .keyRevoked }
        guard command.operation < operations.count else { return .unknownOperation }
        if key.operation == command.operation { return nil }
        return operations[Int(command.operation)].isReset ? .reset : .wrongOperation
    }

    /// Applies the rule, and records the person. Memory is reserved before anything changes.
    private mutating func admit(
        _ command: EntryCommand, as entry: EntryNumber, at time: Timestamp
    ) -> EntryOutcome {
        let person = command.participant.keyed(operation: command.operation)
        switch operations[Int(command.operation)].rule {
        case .once:
            return record(person, of: command.operation, as: entry, isOnly: true)
        case .unlimited:
            return record(person, of: command.operation, as: entry, isOnly: false)
        case .daily:
            let today = person.keyed(day: localDay(of: command.operation, at: time))
            if let first = participants.find(today) {
                return .repeated(entry: first.entry, participant: first.participant)
            }
            // Two, because both keys may fall into the same part of the table.
            guard participants.reserve(2, for: today) else { return .full(.memory) }
            let outcome = record(person, of: command.operation, as: entry, isOnly: false)
            if case .accepted(_, let participant) = outcome {
                participants.insert(today, .init(entry: entry, participant: participant))
            }
            return outcome
        }
    }

    /// Finds the person's number or gives the next one.
    /// - Parameter isOnly: a person who has entered before is answered with that entry.
    private mutating func record(
        _ person: Fingerprint, of operation: UInt32, as entry: EntryNumber, isOnly: Bool
    ) -> EntryOutcome {
        let (next, isExhausted) = operations[Int(operation)].participants
            .addingReportingOverflow(1)
        if isExhausted {
            guard let first = participants.find(person) else { return .full(.participants) }
            return again(first, as: entry, isOnly: isOnly)
        }
        switch participants.findOrInsert(person, .init(entry: entry, participant: next)) {
        case .found(let first):
            return again(first, as: entry, isOnly: isOnly)
        case .inserted:
            operations[Int(operation)].participants = next
            return .accepted(entry: entry, participant: next)
        case .full:
            return .full(.memory)
        }
    }

    private func again(
        _ first: ParticipantTable.FirstEntry, as entry: EntryNumber, isOnly: Bool
    ) -> EntryOutcome {
        isOnly
            ? .repeated(entry: first.entry, participant: first.participant)
            : .accepted(entry: entry, participant: first.participant)
    }

    /// The operation's local day; its time zone is consulted when the day changes.
    mutating func localDay(of operation: UInt32, at time: Timestamp) -> Int32 {
        let index = Int(operation)
        let state = operations[index]
        if state.dayStart <= time.milliseconds, time.milliseconds < state.dayEnd {
            return state.day
        }
        let interval = localTimes[index].dayInterval(at: time)
        let day = localTimes[index].localDay(at: time)
        operations[index].day = day
        operations[index].dayStart = interval.lowerBound.milliseconds
        operations[index].dayEnd = interval.upperBound.milliseconds
        return day
    }

    /// What the operation at this index used in a month.
    func consumption(of index: Int, in month: CivilMonth) -> Consumption {
        months.consumption(of: index, in: month, operations[index])
    }

    // MARK: Changes of the catalogue

    /// Adds the operation at the next index.
    mutating func add(_ operation: Catalogue.Operation) {
        operations.append(OperationEntryState(operation))
        months.addOperation()
        localTimes.append(operation.settings.localTime)
    }

    /// Takes over the operation's settings and state; its counts stay.
    mutating func update(_ index: UInt32, from operation: Catalogue.Operation) {
        operations[Int(index)].update(from: operation)
        localTimes[Int(index)] = operation.settings.localTime
    }

    /// Adds a key at the next index.
    mutating func addKey(of operation: UInt32) { keys.append(KeyState(operation: operation)) }

    mutating func moveKey(_ index: UInt32, to operation: UInt32) {
        keys[Int(index)].operation = operation
    }

    mutating func revokeKey(_ index: UInt32) { keys[Int(index)].isRevoked = true }

    // MARK: Snapshots

    /// Writes what does not follow from the catalogue.
    func encode(into writer: inout SnapshotWriter) throws {
        writer.append(lastEntry.rawValue)
        writer.append(nextLeaf)
        for operation in operations { operation.encode(into: &writer) }
        try participants.encode(into: &writer)
        try secondKeys.encode(into: &writer)
        try idempotency.encode(into: &writer)
        try challenges.encode(into: &writer)
        try tests.encode(into: &writer)
        months.encode(into: &writer)
    }

    /// Reads what ``encode(into:)`` wrote.
    /// - Parameter catalogue: the one that the written decider followed.
    init(
        of catalogue: Catalogue, from reader: inout SnapshotReader, memoryLimitBytes: Int
    ) throws {
        let lastEntry: UInt64 = try reader.read()
        let nextLeaf: UInt64 = try reader.read()
        var operations: [OperationEntryState] = []
        for operation in catalogue.operations {
            operations.append(try OperationEntryState(operation, from: &reader))
        }
        let participants = try ParticipantTable(from: &reader, memoryLimitBytes: memoryLimitBytes)
        let secondKeys = try SecondKeyCounts(from: &reader, memoryLimitBytes: memoryLimitBytes)
        let idempotency = try IdempotencyMemory(from: &reader, memoryLimitBytes: memoryLimitBytes)
        let challenges = try UsedChallenges(from: &reader, memoryLimitBytes: memoryLimitBytes)
        let tests = try TestEntries(
            of: catalogue, from: &reader, memoryLimitBytes: memoryLimitBytes)
        let months = try MonthCounts(
            of: operations.count, in: catalogue.calendar.localTime, from: &reader)
        self.lastEntry = EntryNumber(rawValue: lastEntry)
        self.nextLeaf = nextLeaf
        self.operations = operations
        self.participants = participants
        self.secondKeys = secondKeys
        self.idempotency = idempotency
        self.challenges = challenges
        self.tests = tests
        self.months = months
        localTimes = catalogue.operations.map(\.settings.localTime)
        keys = catalogue.keys.map {
            KeyState(operation: $0.operation, isRevoked: $0.revokedAt != nil)
        }
    }
}

extension EntryOutcome {
    /// The outcome of a request whose idempotency key is remembered.
    init(_ remembered: IdempotencyMemory.Remembered) {
        self =
            switch remembered {
            case .same(let first): .repeated(entry: first.entry, participant: first.participant)
            case .other: .idempotencyKeyReused
            }
    }
}
