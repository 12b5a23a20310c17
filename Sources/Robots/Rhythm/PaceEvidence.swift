/// The most regular intervals among several keys', and among cohorts', and their evidence.
struct PaceEvidence: Equatable, Sendable {
    /// In bits; 0 if none are regular.
    private(set) var bits = 0.0
    private(set) var variationPercent: Int32 = 0
    /// The same of cohorts, in which people stand as well.
    private(set) var cohortBits = 0.0
    private(set) var cohortVariationPercent: Int32 = 0

    init() {}

    /// Some intervals are.
    var isRegular: Bool { bits > 0 || cohortBits > 0 }

    mutating func consider(_ intervals: IntervalSummary) {
        let evidence = Regularity.evidence(intervals)
        guard evidence > bits else { return }
        bits = evidence
        variationPercent = intervals.variationPercent
    }

    mutating func considerCohort(_ intervals: IntervalSummary) {
        let evidence = Regularity.evidence(intervals)
        guard evidence > cohortBits else { return }
        cohortBits = evidence
        cohortVariationPercent = intervals.variationPercent
    }
}
