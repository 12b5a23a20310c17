import Wire

/// One operation of a scenario.
struct OperationPlan: Sendable, Equatable {
    /// As the scenario calls it.
    var name: String
    /// The body of `PUT /v1/operations/{operation}`, without `client`.
    var settings: JSONValue
    /// The state it is brought into before the traffic: `draft`, `open` or `closed`.
    var state: State
    /// Participants that a traffic notice announces before the traffic; nil gives none.
    var expectedParticipants: Int?
    /// What is declared before the traffic (C1).
    var campaigns: [CampaignPlan] = []
    /// Entries a second that are let in; nil sets no pace.
    var pace: Int?

    /// How often a participant may take part: `once`, `daily`, `unlimited`.
    var rule: String? {
        guard case .object(let members) = settings, case .string(let rule) = members["rule"] else {
            return nil
        }
        return rule
    }

    /// A campaign that starts as the traffic does.
    struct CampaignPlan: Sendable, Equatable {
        /// The tag of its entries.
        var source: String
        /// The body of `POST …/campaigns`, without `starts`.
        var declaration: JSONValue
    }

    enum State: String, CaseIterable, Sendable {
        case draft, open, closed
    }
}
