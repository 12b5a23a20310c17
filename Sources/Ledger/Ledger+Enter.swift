internal import Bytes
import Contract
package import Time

extension Ledger {
    /// Decides one entry. Constant time; allocates only where a table grows.
    ///
    /// In this order:
    /// 1. the key: unknown, revoked; the operation: unknown, not the key's;
    /// 2. the idempotency key: an entry accepted under it in the last 24 hours is told again,
    ///    whatever has become of the operation meanwhile, because the sender is still owed the
    ///    answer to a request that was carried out. Another request under the same key is refused.
    ///    Only accepted entries are remembered: a refusal changes nothing, and asking again is
    ///    harmless;
    /// 3. the operation's state, then its dates;
    /// 4. age and consents, together (C24);
    /// 5. the rule.
    package mutating func enter(_ command: EntryCommand, at time: Timestamp) -> EntryOutcome {
        if let refusal = keyRefusal(command) { return refusal }
        let idempotencyKey = command.idempotency.keyed(idempotencyOf: command.operation)
        let isIdempotent = !command.idempotency.isNone
        if isIdempotent, let remembered = idempotency.find(idempotencyKey, at: time) {
            return EntryOutcome(remembered)
        }

        if let refusal = entryStates[Int(command.operation)].refusal(command, at: time) {
            return refusal
        }
        guard let entry = lastEntry.next(at: time) else { return .full(.entryNumbers) }
        if isIdempotent, !idempotency.reserve(for: idempotencyKey, at: time) {
            return .full(.memory)
        }
        let outcome = admit(command, as: entry, at: time)
        guard case .accepted(_, let participant) = outcome else { return outcome }
        if UInt64(participant) >= entryStates[Int(command.operation)].mark {
            reachMark(of: command.operation, at: time)
        }
        if isIdempotent {
            idempotency.put(idempotencyKey, .init(entry: entry, participant: participant))
        }
        lastEntry = entry
        nextLeaf = max(nextLeaf, command.leaf &+ 1)
        entryStates[Int(command.operation)].entries &+= 1
        records &+= 1
        return outcome
    }

    @inline(__always)
    private func keyRefusal(_ command: EntryCommand) -> EntryOutcome? {
        guard command.key < keyStates.count else { return .unknownKey }
        let keyState = keyStates[Int(command.key)]
        guard !keyState.isRevoked else { return .keyRevoked }
        guard command.operation < entryStates.count else { return .unknownOperation }
        if keyState.operation == command.operation { return nil }
        return entryStates[Int(command.operation)].isReset ? .reset : .wrongOperation
    }

    /// What ``enter(_:at:)`` would refuse a new entry for; `nil` if it would take it.
    package func refusal(of command: EntryCommand, at time: Timestamp) -> EntryOutcome? {
        keyRefusal(command) ?? entryStates[Int(command.operation)].refusal(command, at: time)
    }

    /// What ``enter(_:at:)`` would tell again, without deciding anything: the first entry under
    /// the idempotency key, or the one that the rule allows. `nil` for what would be new.
    package mutating func earlier(_ command: EntryCommand, at time: Timestamp) -> EntryOutcome? {
        guard command.operation < entryStates.count else { return nil }
        if !command.idempotency.isNone {
            let key = command.idempotency.keyed(idempotencyOf: command.operation)
            if let remembered = idempotency.find(key, at: time) { return EntryOutcome(remembered) }
        }
        var person = command.participant.keyed(operation: command.operation)
        switch entryStates[Int(command.operation)].rule {
        case .unlimited: return nil
        case .once: break
        case .daily: person = person.keyed(day: localDay(of: command.operation, at: time))
        }
        return participants.find(person).map {
            .repeated(entry: $0.entry, participant: $0.participant)
        }
    }

    /// Asks for the memory that deciding this entry will touch, and does not wait for it. Changes
    /// nothing, and may be called with anything.
    ///
    /// At ten million participants an entry's place is not in the cache, and each decision waits
    /// some 250 ns for it. Called for the entries to come, a dozen or a whole batch ahead, their
    /// waits overlap. Mutating, so that the ledger is lent in place and not copied for the call.
    package mutating func anticipate(_ command: EntryCommand) {
        anticipate(
            operation: command.operation, participant: command.participant,
            idempotency: command.idempotency)
    }

    func anticipate(operation: UInt32, participant: Fingerprint, idempotency: Fingerprint) {
        guard operation < entryStates.count else { return }
        let person = participant.keyed(operation: operation)
        participants.prefetch(person)
        let entryState = entryStates[Int(operation)]
        // The day may turn before the entry is decided: then this was in vain.
        if entryState.rule == .daily { participants.prefetch(person.keyed(day: entryState.day)) }
        if idempotency.isNone { return }
        self.idempotency.prefetch(idempotency.keyed(idempotencyOf: operation))
    }

    /// Applies the rule, and takes the person in. Memory is asked for before anything changes.
    private mutating func admit(
        _ command: EntryCommand, as entry: EntryNumber, at time: Timestamp
    ) -> EntryOutcome {
        let person = command.participant.keyed(operation: command.operation)
        switch entryStates[Int(command.operation)].rule {
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
        let (next, isExhausted) = entryStates[Int(operation)].participants
            .addingReportingOverflow(1)
        if isExhausted {
            guard let first = participants.find(person) else { return .full(.participants) }
            return again(first, as: entry, isOnly: isOnly)
        }
        switch participants.findOrInsert(person, .init(entry: entry, participant: next)) {
        case .found(let first):
            return again(first, as: entry, isOnly: isOnly)
        case .inserted:
            entryStates[Int(operation)].participants = next
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

    /// The operation's local day; its table of offsets is consulted when the day changes.
    private mutating func localDay(of operation: UInt32, at time: Timestamp) -> Int32 {
        let index = Int(operation)
        let entryState = entryStates[index]
        if entryState.dayStart <= time.milliseconds, time.milliseconds < entryState.dayEnd {
            return entryState.day
        }
        let localTime = catalogue.operations[index].settings.localTime
        let interval = localTime.dayInterval(at: time)
        let day = localTime.localDay(at: time)
        entryStates[index].day = day
        entryStates[index].dayStart = interval.lowerBound.milliseconds
        entryStates[index].dayEnd = interval.upperBound.milliseconds
        return day
    }
}

extension EntryOutcome {
    /// What is answered to a request whose idempotency key is remembered.
    fileprivate init(_ remembered: IdempotencyMemory.Remembered) {
        self =
            switch remembered {
            case .same(let first): .repeated(entry: first.entry, participant: first.participant)
            case .other: .idempotencyKeyReused
            }
    }
}
