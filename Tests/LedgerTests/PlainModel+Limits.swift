import Ledger

/// Caps, and second keys (C25).
extension PlainModel {
    /// The cap, then the second key.
    func refusal(
        of given: Participation, in operation: Operation, on day: Int64
    ) -> String? {
        let persons = operation.persons
        switch operation.settings.cap {
        case .entries(let most) where operation.entries.count >= Int(most): return "capReached"
        case .participants(let most)
        where persons.count >= Int(most) && !persons.contains(given.person):
            return "capReached"
        default: break
        }
        guard let rule = operation.settings.secondKey else { return nil }
        guard let key = given.secondKey else { return "settingsChanged" }
        let counted = operation.entries.filter {
            $0.secondKey == key && (operation.settings.rule != .daily || $0.day == day)
        }
        return counted.count >= Int(rule.limit) ? "second key" : nil
    }
}
