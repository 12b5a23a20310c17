/// How fast a service's error budget is used up at a moment: the rate of every window that rules
/// look at, and the rules that alert.
package struct BurnRates: Equatable, Sendable {
    /// The first minute that is in no window.
    package let end: Minute
    /// The shortest window first.
    package let rates: [BurnRate]
    package let alerting: [BurnRateRule]

    /// The minutes of the longest window.
    package static let longestMinutes = windows.last ?? 0

    /// Of all rules, each once, in ascending order.
    private static let windows = Set(
        BurnRateRule.standard.flatMap { [$0.shortMinutes, $0.longMinutes] }
    ).sorted()

    /// By the rules of ``BurnRateRule/standard``.
    /// - Complexity: that of one ``ServiceMinutes`` of the longest window.
    package init(
        of facts: ServiceFacts, before minute: Minute, _ commitment: Commitment = .standard
    ) {
        let lost = BurnRate.lost(of: facts, before: minute, windowMinutes: Self.longestMinutes)
        func rate(_ windowMinutes: Int64) -> BurnRate {
            BurnRate(lost, before: minute, windowMinutes: windowMinutes, commitment)
        }
        end = minute
        rates = Self.windows.map(rate)
        alerting = BurnRateRule.standard.filter { $0.alerts(rate) }
    }

    /// The most urgent of what the alerting rules ask for; `nil` where none alerts.
    package var urgency: BurnRateRule.Urgency? {
        BurnRateRule.Urgency.allCases.first { urgency in
            alerting.contains { $0.urgency == urgency }
        }
    }
}
