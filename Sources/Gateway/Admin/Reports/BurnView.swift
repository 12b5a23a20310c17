internal import Availability
internal import Time

/// How fast a service's error budget is used up (C10).
struct BurnView: Encodable {
    let ends: String
    let urgency: BurnRateRule.Urgency?
    let windows: [Window]

    init(_ burn: BurnRates) {
        ends = burn.end.starts.rfc3339
        urgency = burn.urgency
        windows = burn.rates.map(Window.init)
    }

    struct Window: Encodable {
        let minutes: Int64
        let lostMinutes: Int64
        /// Cut off behind the first decimal; nil where the commitment leaves no budget.
        let rate: Double?

        init(_ rate: BurnRate) {
            minutes = rate.windowMinutes
            lostMinutes = rate.lostMinutes
            self.rate = rate.tenths.map { Double($0) / 10 }
        }

        private enum CodingKeys: String, CodingKey {
            case minutes, rate
            case lostMinutes = "lost_minutes"
        }
    }

    // MARK: Shapes

    private static let window = Shape.object([
        .required("minutes", ReadingView.minutes, "The window's length."),
        .required(
            "lost_minutes", ReadingView.minutes,
            "Minutes of PC, by B, in the window that were not in DS."),
        .optional("rate", .number, "1 spends the budget in a month; cut off behind a decimal."),
    ])

    static let shape = Shape.object([
        .required("ends", .time, "Where the windows end: behind the last minute that counts."),
        .optional(
            "urgency", .choice(of: BurnRateRule.Urgency.self),
            "What the rules of the manual ask for: page, a person at once; absent for nothing."),
        .required("windows", .array(window, maximum: 8), "The shortest first."),
    ])
}
