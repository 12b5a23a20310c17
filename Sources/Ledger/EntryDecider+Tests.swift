internal import Time

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
        return outcome
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
