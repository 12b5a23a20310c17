package import Availability

/// How fast error budgets are used up at a moment, of all clients together and of each.
package struct ServiceBurn: Equatable, Sendable {
    package struct OfClient: Equatable, Sendable {
        package let client: String
        package let urgency: BurnRateRule.Urgency
    }

    package let platform: BurnRates
    /// Those of whose service a rule alerts, in order of their names.
    package let clients: [OfClient]
}
