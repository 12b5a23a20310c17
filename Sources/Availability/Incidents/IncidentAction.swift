/// What is done about an incident after it is opened.
package enum IncidentAction: Equatable, Codable, Sendable {
    /// Work on it starts.
    case acknowledge
    /// A note alone.
    case addNote
    /// It prevents more, or less, than was thought.
    case reclassify(IncidentSeverity)
    case resolve(IncidentOutcome)
    /// It is not over after all.
    case reopen

    package var isReclassifying: Bool {
        if case .reclassify = self { true } else { false }
    }

    /// Whether an author in this role may do it. The client follows its incidents, and says where
    /// one is not over (C12); a rule opens incidents, adds notes and finds them worse than they
    /// were, and resolves nothing.
    package func isPermitted(to role: IncidentAuthor.Role) -> Bool {
        switch (role, self) {
        case (.operator, _), (_, .addNote), (.client, .reopen): true
        case (.rule, .reclassify(.critical)): true
        case (.client, _), (.rule, _): false
        }
    }
}

/// What an incident turned out to be (C12).
package enum IncidentOutcome: String, CaseIterable, Codable, Sendable, BitwiseCopyable {
    case confirmed
    case notConfirmed = "not_confirmed"
    case notOurs = "not_ours"
}
