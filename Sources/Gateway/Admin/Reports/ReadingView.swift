internal import Availability

/// One reading of the terms, in minutes.
struct ReadingView: Encodable {
    let pcMinutes: Int64
    let dsMinutes: Int64
    let unmeasuredMinutes: Int64
    /// Per cent, cut off behind the third decimal; nil without a minute.
    let txd: Double?
    let meetsCommitment: Bool
    /// What is left; below 0 where the commitment is broken. Nil of what is only measured.
    let errorBudgetMinutes: Int64?
    let errorBudgetAllowedMinutes: Int64?

    init(_ reading: AvailabilityReading, _ budget: ErrorBudget?, _ commitment: Commitment) {
        pcMinutes = reading.pcMinutes
        dsMinutes = reading.dsMinutes
        unmeasuredMinutes = reading.unmeasuredMinutes
        txd = reading.thousandthsOfPercent.map { Double($0) / 1_000 }
        meetsCommitment = reading.meets(commitment)
        errorBudgetMinutes = budget?.remainingMinutes
        errorBudgetAllowedMinutes = budget?.allowedMinutes
    }

    private enum CodingKeys: String, CodingKey {
        case txd
        case pcMinutes = "pc_minutes"
        case dsMinutes = "ds_minutes"
        case unmeasuredMinutes = "unmeasured_minutes"
        case meetsCommitment = "meets_commitment"
        case errorBudgetMinutes = "error_budget_minutes"
        case errorBudgetAllowedMinutes = "error_budget_allowed_minutes"
    }

    func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(pcMinutes, forKey: .pcMinutes)
        try members.encode(dsMinutes, forKey: .dsMinutes)
        try members.encode(unmeasuredMinutes, forKey: .unmeasuredMinutes)
        // Null and not absent: whoever plots it sees that there is none.
        try members.encode(txd, forKey: .txd)
        try members.encode(meetsCommitment, forKey: .meetsCommitment)
        try members.encodeIfPresent(errorBudgetMinutes, forKey: .errorBudgetMinutes)
        try members.encodeIfPresent(
            errorBudgetAllowedMinutes, forKey: .errorBudgetAllowedMinutes)
    }
}

// MARK: Shapes

extension ReadingView {
    /// A month has 44,640 minutes, and an hour more where the clocks are changed.
    static let minutes = Shape.integer(0...44_700)

    /// What a span has by any reading.
    static let counted: [Shape.Member] = [
        .required("pc_minutes", minutes, "Minutes that count."),
        .required("ds_minutes", minutes, "Those in which the service was accessible."),
        .required("unmeasured_minutes", minutes, "Those that nobody measured: not accessible."),
    ]

    static let measured: [Shape.Member] =
        counted + [
            .required(
                "txd", .nullable(.number),
                "DS * 100 / PC in per cent, cut off behind the third decimal; null for no minute."),
            .required("meets_commitment", .boolean, "Whether txd reaches 99.9."),
        ]

    static let promised: [Shape.Member] =
        measured + [
            .required(
                "error_budget_minutes", .integer(-44_700...44_700),
                "Minutes of the whole month that may still be lost; below 0 it is broken."),
            .required(
                "error_budget_allowed_minutes", minutes, "Minutes that may be lost in all."),
        ]
}
