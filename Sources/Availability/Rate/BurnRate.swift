/// How fast the error budget is used up: 1 spends it exactly by the end of a month of the same.
package struct BurnRate: Equatable, Sendable, BitwiseCopyable {
    /// The length of the window, in minutes.
    package let windowMinutes: Int64
    /// The minutes of PC, by A, in the window that were not in DS.
    package let lostMinutes: Int64
    package let commitment: Commitment

    /// The rate of the window before a minute. Minutes before the client's contract or in
    /// maintenance are not lost, and the window is not shortened by them: after a maintenance one
    /// lost minute is not a whole window's.
    package init(
        of facts: ServiceFacts, before minute: Minute, windowMinutes: Int64,
        _ commitment: Commitment = .standard
    ) {
        let span = minute.advanced(by: -max(windowMinutes, 0))..<minute
        self.windowMinutes = windowMinutes
        self.commitment = commitment
        lostMinutes = ServiceMinutes(facts, in: span).a.lost.length
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
