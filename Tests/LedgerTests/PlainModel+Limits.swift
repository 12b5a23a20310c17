import Ledger

/// Caps, and second keys (C25).
extension PlainModel {
    /// The cap, then the second key.
    func refusal(
        of given: Participation, in operation: Operation, on day: Int64
    ) -> String? {
        let persons = operation.persons
        switch operation.settings.cap {
        case .entries(let most) where operation.people.count >= Int(most): return "capReached"
        case .participants(let most)
        where persons.count >= Int(most)
            && (given.countedAs != .participant || !persons.contains(given.person)):
            return "capReached"
        default: break
        }
        guard let rule = operation.settings.secondKey, given.countedAs == .participant else {
            return nil
        }
        guard let key = given.secondKey else { return "settingsChanged" }
        let counted = operation.people.filter {
            $0.secondKey == key && (operation.settings.rule != .daily || $0.day == day)
        }
        return counted.count >= Int(rule.limit) ? "second key" : nil
    }

    /// The entry that this one repeats. A robot repeats that of the person whose name it has; else
    /// each kind is by itself.
    func first(
        of given: Participation, in entries: [Entry], _ settings: OperationSettings, on day: Int64
    ) -> Entry? {
        if settings.rule == .unlimited { return nil }
        let isDaily = settings.rule == .daily
        let same = entries.filter {
            $0.person == given.person && (!isDaily || $0.day == day)
        }
        let persons = same.first { $0.countedAs == .participant }
        if given.countedAs == .robot, let persons { return persons }
        return same.first { $0.countedAs == given.countedAs }
    }
}
