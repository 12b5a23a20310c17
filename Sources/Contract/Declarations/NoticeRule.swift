package import Time

/// How long after a notice a suspension may begin (C8, C14).
package struct NoticeRule: Equatable, Sendable {
    package let period: DayPeriod
    /// The clause, such as `B 6.5`.
    package let clause: String

    /// `4 calendar days after the notice (B 6.5)`
    package var sentence: String {
        "\(period.days) \(period.kind.rawValue) days after the notice (\(clause))"
    }
}

extension SuspensionGround {
    /// The rule of a ground that needs a notice; `nil` where a suspension may begin at once.
    /// - Parameter terms: of a breach; without them, the platform's (A).
    package func noticeRule(_ terms: SuspensionNotice.Terms? = nil) -> NoticeRule? {
        switch (self, terms) {
        case (.unpaid, _):
            NoticeRule(period: DayPeriod(days: 4, .calendar, from: .dayAfter), clause: "B 6.5")
        case (.breach, .b?):
            NoticeRule(period: DayPeriod(days: 7, .calendar, from: .dayAfter), clause: "B 7.3")
        case (.breach, _):
            NoticeRule(period: DayPeriod(days: 30, .working, from: .sameDay), clause: "A 6.2")
        default: nil
        }
    }

    /// Whether its notice may be under either terms.
    package var hasTerms: Bool { self == .breach }
}
