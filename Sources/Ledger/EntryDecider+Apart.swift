internal import Time

/// Entries that count apart (``CountedAs``): by the operation's rule, as people's, but among
/// themselves. None of them is a participant, and none takes a person's place.
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
        if command.countedAs == .robot {
            // A person whose second request looks like a robot's has entered all the same.
            let asPerson = person(of: command, at: time)
            if let first = participants.find(asPerson) {
                return .repeated(entry: first.entry, participant: first.participant)
            }
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
