/// How much of a month's PC may be lost before the commitment is broken, and how much is.
package struct ErrorBudget: Equatable, Sendable, BitwiseCopyable {
    /// Whole minutes that may be lost of the whole month's PC: 43 of 43,200 at 99.9 %.
    package let allowedMinutes: Int64
    /// Minutes of PC that were not in DS so far, the unmeasured ones among them.
    package let lostMinutes: Int64

    init(monthPCMinutes: Int64, lostMinutes: Int64, _ commitment: Commitment) {
        allowedMinutes = commitment.allowedMinutes(of: monthPCMinutes)
        self.lostMinutes = lostMinutes
    }

    /// Below 0 where the commitment is broken, whatever the rest of the month brings.
    package var remainingMinutes: Int64 { allowedMinutes - lostMinutes }

    package var isSpent: Bool { remainingMinutes < 0 }
}
