/// When a burn rate alerts: where both a long window, which shows that it matters, and a short one,
/// which shows that it goes on, reach the rate.
///
/// Source: "The Site Reliability Workbook" (O'Reilly, 2018), chapter 5, "Multiwindow,
/// Multi-Burn-Rate Alerts".
package struct BurnRateRule: Equatable, Sendable, BitwiseCopyable {
    package enum Urgency: String, CaseIterable, Codable, Sendable, BitwiseCopyable {
        /// A person is called at once.
        case page
        /// A person looks at it within days.
        case ticket
    }

    package let longMinutes: Int64
    package let shortMinutes: Int64
    /// The rate in tenths.
    package let tenths: Int64
    package let urgency: Urgency

    /// - Precondition: `0 < shortMinutes <= longMinutes`, and a rate above 0.
    package init(longMinutes: Int64, shortMinutes: Int64, tenths: Int64, _ urgency: Urgency) {
        precondition(
            0 < shortMinutes && shortMinutes <= longMinutes && tenths > 0,
            "windows and rates are above 0, the short window is the shorter one")
        self.longMinutes = longMinutes
        self.shortMinutes = shortMinutes
        self.tenths = tenths
        self.urgency = urgency
    }

    /// The four of the source: 2 % of a month's budget in an hour, 5 % in six hours, 10 % in a day
    /// or in three.
    package static let standard = [
        BurnRateRule(longMinutes: 60, shortMinutes: 5, tenths: 144, .page),
        BurnRateRule(longMinutes: 360, shortMinutes: 30, tenths: 60, .page),
        BurnRateRule(longMinutes: 1_440, shortMinutes: 120, tenths: 30, .ticket),
        BurnRateRule(longMinutes: 4_320, shortMinutes: 360, tenths: 10, .ticket),
    ]

    /// Whether the rule alerts.
    /// - Parameter rate: of the window of this length in minutes.
    func alerts(_ rate: (Int64) -> BurnRate) -> Bool {
        [shortMinutes, longMinutes].allSatisfy { rate($0).reaches(tenths: tenths) }
    }
}
