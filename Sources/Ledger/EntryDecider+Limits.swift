internal import Time

/// Caps and second keys (C25): only of operations that have one.
extension EntryDecider {
    /// The outcome that such an operation's limits give the entry: the first entry again, which is
    /// owed to those who have entered, or a refusal. `nil` if the entry is accepted by them; room
    /// for its second key is reserved then.
    mutating func limitOutcome(_ command: EntryCommand, at time: Timestamp) -> EntryOutcome? {
        if let first = firstEntry(of: command, at: time) { return first }
        if let refusal = limitRefusal(of: command, at: time) { return refusal }
        guard operations[Int(command.operation)].secondKeyLimit > 0,
            command.countedAs == .participant
        else { return nil }
        let key = secondKey(of: command, at: time)
        return secondKeys.reserve(for: key) ? nil : .full(.memory)
    }

    /// The refusal of an entry that repeats none.
    mutating func limitRefusal(of command: EntryCommand, at time: Timestamp) -> EntryOutcome? {
        let operation = operations[Int(command.operation)]
        if operation.entries >= operation.entryCap { return .capReached }
        // Who counts apart is none of the participants: their cap keeps it out as it would a new
        // one. Second keys are people's.
        if UInt64(operation.participants) >= operation.participantCap,
            command.countedAs != .participant
                || participants.find(command.participant.keyed(operation: command.operation)) == nil
        {
            return .capReached
        }
        guard operation.secondKeyLimit > 0, command.countedAs == .participant else { return nil }
        guard !command.secondKey.isNone else { return .settingsChanged }
        let count = secondKeys.count(of: secondKey(of: command, at: time))
        return count < operation.secondKeyLimit ? nil : .refused(.secondKeyLimit)
    }

    /// Whether counting the entry's second key would put it into the table.
    mutating func isNewSecondKey(_ command: EntryCommand, at time: Timestamp) -> Bool {
        operations[Int(command.operation)].secondKeyLimit > 0
            && secondKeys.count(of: secondKey(of: command, at: time)) == 0
    }

    /// Counts an entry that was accepted.
    mutating func countSecondKey(
        of command: EntryCommand, _ entry: EntryNumber, at time: Timestamp
    ) {
        guard operations[Int(command.operation)].secondKeyLimit > 0 else { return }
        secondKeys.add(entry, to: secondKey(of: command, at: time))
    }

    /// The key under which the entry is counted: of the operation, and of its local day where the
    /// rule is one entry a day.
    private mutating func secondKey(
        of command: EntryCommand, at time: Timestamp
    ) -> Fingerprint {
        let key = command.secondKey.keyed(operation: command.operation)
        guard operations[Int(command.operation)].rule == .daily else { return key }
        return key.keyed(day: localDay(of: command.operation, at: time))
    }
}
