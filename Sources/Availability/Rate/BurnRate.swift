/// How fast the error budget is used up: 1 spends it exactly by the end of a month of the same.
package struct BurnRate: Equatable, Sendable, BitwiseCopyable {
    /// The length of the window, in minutes.
    package let windowMinutes: Int64
    /// The minutes of PC, by B, in the window that were not in DS: a suspension is a decision, and
    /// no failure to call a person for, unless it comes from the operator's own fault alone.
    package let lostMinutes: Int64
    package let commitment: Commitment

    /// The rate of the window before a minute. Minutes before the client's contract or in
    /// maintenance are not lost, and the window is not shortened by them: after a maintenance one
    /// lost minute is not a whole window's.
    package init(
        of facts: ServiceFacts, before minute: Minute, windowMinutes: Int64,
        _ commitment: Commitment = .standard
    ) {
        let lost = Self.lost(of: facts, before: minute, windowMinutes: windowMinutes)
        self.init(lost, before: minute, windowMinutes: windowMinutes, commitment)
    }

    /// - Parameter lost: what was lost in the window, or in a longer one.
    init(
        _ lost: RangeSet<Minute>, before minute: Minute, windowMinutes: Int64,
        _ commitment: Commitment
    ) {
        self.windowMinutes = windowMinutes
        self.commitment = commitment
        lostMinutes = lost.intersection(RangeSet(Self.window(windowMinutes, before: minute))).length
    }

    /// What is lost in a window.
    static func lost(
        of facts: ServiceFacts, before minute: Minute, windowMinutes: Int64
    ) -> RangeSet<Minute> {
        let span = window(windowMinutes, before: minute)
        return ServiceMinutes(facts.within(span), in: span).b.lost
    }

    private static func window(_ minutes: Int64, before minute: Minute) -> Range<Minute> {
        minute.advanced(by: -max(minutes, 0))..<minute
    }

    /// `nil` where the commitment leaves no budget.
    package var value: Double? {
        let budget = windowMinutes * commitment.budgetMillionths
        return budget > 0 ? Double(lostMinutes * Commitment.whole) / Double(budget) : nil
    }

    /// In tenths, cut off: 144 is 14.4. `nil` where the commitment leaves no budget.
    package var tenths: Int64? {
        let budget = windowMinutes * commitment.budgetMillionths
        return budget > 0 ? lostMinutes * Commitment.whole * 10 / budget : nil
    }

    /// Whether the rate is at least `tenths`, exactly. Without a budget any lost minute is.
    package func reaches(tenths: Int64) -> Bool {
        lostMinutes > 0
            && lostMinutes * Commitment.whole * 10
                >= windowMinutes * commitment.budgetMillionths * tenths
    }
}
