internal import Time

/// Robots' entries: by the operation's rule, as people's, but among themselves. None of them is a
/// participant, and none takes a person's place.
extension EntryDecider {
    /// Applies the rule. Memory is reserved before anything changes.
    mutating func admitApart(
        _ command: EntryCommand, as entry: EntryNumber, at time: Timestamp
    ) -> EntryOutcome {
        if let first = firstApart(of: command, at: time) { return first }
        if let key = keyApart(of: command, at: time) {
            guard participants.reserve(for: key) else { return .full(.memory) }
            participants.insert(key, .init(entry: entry, participant: 0))
        }
        return .accepted(entry: entry, participant: 0)
    }

    /// The entry that the rule has this one repeat; `nil` if it is the first one.
    mutating func firstApart(of command: EntryCommand, at time: Timestamp) -> EntryOutcome? {
        guard let key = keyApart(of: command, at: time) else { return nil }
        // A person whose second request looks like a robot's has entered all the same.
        let asPerson = person(of: command, at: time)
        if let first = participants.find(asPerson) {
            return .repeated(entry: first.entry, participant: first.participant)
        }
        return participants.find(key).map {
            .repeated(entry: $0.entry, participant: $0.participant)
        }
    }

    /// The key in the participants' table; `nil` where the rule asks for nobody's first entry.
    private mutating func keyApart(
        of command: EntryCommand, at time: Timestamp
    ) -> Fingerprint? {
        if case .unlimited = operations[Int(command.operation)].rule { return nil }
        return person(of: command, at: time).keyed(as: command.countedAs)
    }

    /// A participant, on the local day where the rule is one entry a day.
    private mutating func person(of command: EntryCommand, at time: Timestamp) -> Fingerprint {
        let person = command.participant.keyed(operation: command.operation)
        guard case .daily = operations[Int(command.operation)].rule else { return person }
        return person.keyed(day: localDay(of: command.operation, at: time))
    }
}

/// Entries of load tests (C7).
extension EntryDecider {
    /// Decides a test entry whose key is good: its permit, then what every entry is decided by,
    /// within its run. Neither a cap nor the limit of a second key holds it: it counts for none.
    @inline(never)
    mutating func decideTest(_ command: EntryCommand, at time: Timestamp) -> EntryOutcome {
        if let reasons = tests.refusal(of: command, at: time) { return .refused(reasons) }
        let idempotencyKey = Self.idempotencyKey(of: command)
        let isIdempotent = !command.idempotency.isNone
        if isIdempotent, let remembered = idempotency.find(idempotencyKey, at: time) {
            return EntryOutcome(remembered)
        }
        let index = Int(command.operation)
        if let refusal = operations[index].refusal(command, at: time) { return refusal }
        guard let entry = lastEntry.next(at: time) else { return .full(.entryNumbers) }
        if isIdempotent, !idempotency.reserve(for: idempotencyKey, at: time) {
            return .full(.memory)
        }
        let person = Self.person(of: command)
        let rule = operations[index].rule
        let today: Fingerprint? =
            rule == .daily ? person.keyed(day: localDay(of: command.operation, at: time)) : nil
        let outcome = tests.admit(
            person, today: today, isOnly: rule == .once, of: command.permit, as: entry)
        guard case .accepted(_, let participant) = outcome else { return outcome }
        if isIdempotent {
            idempotency.put(idempotencyKey, .init(entry: entry, participant: participant))
        }
        lastEntry = entry
        nextLeaf = max(nextLeaf, command.leaf &+ 1)
        operations[index].count(.test)
        return outcome
    }

    /// Takes a run out of every count.
    mutating func purgeRun(of permit: UInt32) {
        guard let counts = tests.counts(of: permit) else { return }
        let operation = Int(tests.permits[Int(permit)].operation)
        operations[operation].tests -= min(counts.entries, operations[operation].tests)
        tests.purge(permit)
    }

    /// The key under which the tables know an entry's person: of the operation, and of the run
    /// where it is a test entry.
    static func person(of command: EntryCommand) -> Fingerprint {
        let person = command.participant.keyed(operation: command.operation)
        return command.isTest ? person.keyed(permit: command.permit) : person
    }

    /// The same for its idempotency key.
    static func idempotencyKey(of command: EntryCommand) -> Fingerprint {
        let key = command.idempotency.keyed(idempotencyOf: command.operation)
        return command.isTest ? key.keyed(idempotencyOfPermit: command.permit) : key
    }

    /// What is kept of a person, of an entry's or of its run's.
    func first(_ person: Fingerprint, of command: EntryCommand) -> ParticipantTable.FirstEntry? {
        command.isTest ? tests.find(person) : participants.find(person)
    }
}
