internal import Availability
internal import Ledger
internal import Time

/// What is on record of a month's service: availability by A, by B beside it (C9), and as it was
/// measured; incidents, maintenance, announced changes, corrections, force majeure (C12 to C15).
struct AvailabilityView: Encodable {
    let asOf: AsOfView
    let audience: ReportAudience
    let month: String
    let timeZone: String
    let client: String?
    let complete: Bool
    /// By A.
    let reading: Reading
    let b: Reading
    let raw: Reading
    let excluded: [Excluded]
    /// The days of the month that are over, in part too, by A.
    let days: [Day]
    /// What uses the error budget up, by A, in order of time.
    let lost: Latest<Period>
    let incidents: Latest<IncidentView>
    let maintenance: Latest<MaintenanceView>
    let changes: Latest<ServiceChangeView>
    let corrections: Latest<CorrectionView>
    let forceMajeure: Latest<ForceMajeureView>

    static var maximumPeriods: Int { 500 }
    /// Incidents, and each of the other records.
    static var maximumRecords: Int { 200 }

    /// - Parameters:
    ///   - client: nil for the platform as a whole.
    ///   - position: what the report was made from.
    init(
        _ report: MonthlyReport, client: String?, _ calendar: OperatorCalendar,
        _ position: ReportPosition, for audience: ReportAudience
    ) {
        let month = report.availability
        // Names of people are for the operator's own eyes.
        let reader = Author(audience == .client ? .client : .auditor, name: client ?? "")
        asOf = AsOfView(position)
        self.audience = audience
        self.month = month.month.text
        timeZone = calendar.timeZone
        self.client = client
        complete = month.isComplete
        reading = Reading(month.byA, month.budgetByA, month.commitment)
        b = Reading(month.byB, month.budgetByB, month.commitment)
        raw = Reading(month.raw, nil, month.commitment)
        excluded = month.minutes.exclusions.map(Excluded.init)
        days = report.days.map(Day.init)
        lost = Latest(Self.lost(month.minutes.a), maximum: Self.maximumPeriods)
        incidents = Latest(
            report.incidents.map {
                IncidentView($0, to: reader, at: position.until, history: false)
            })
        maintenance = Latest(
            report.maintenance.map { MaintenanceView($0, at: position.until) })
        changes = Latest(report.changes.map { ServiceChangeView($0, at: position.until) })
        corrections = Latest(report.corrections.map { CorrectionView($0, to: reader) })
        forceMajeure = Latest(report.forceMajeure.map { ForceMajeureView($0) })
    }

    private static func lost(_ minutes: TermsMinutes) -> [Period] {
        let unmeasured = minutes.unmeasured.subtracting(minutes.ds)
        let down = minutes.lost.subtracting(unmeasured)
        let all =
            down.ranges.map { ($0, MinuteState.notAccessible) }
            + unmeasured.ranges.map { ($0, MinuteState.unmeasured) }
        return all.sorted { $0.0.lowerBound < $1.0.lowerBound }
            .map { Period($0, state: $1.rawValue) }
    }

    /// The latest of a list that may be long.
    struct Latest<Element> {
        let shown: [Element]
        /// Older ones, that are not shown.
        let leftOff: Int

        init(_ all: [Element], maximum: Int = AvailabilityView.maximumRecords) {
            shown = all.suffix(maximum)
            leftOff = all.count - shown.count
        }
    }

    struct Day: Encodable {
        let day: String
        let pcMinutes: Int64
        let dsMinutes: Int64
        let unmeasuredMinutes: Int64
        let excludedMinutes: Int64

        init(_ day: MonthlyReport.Day) {
            self.day = day.day.text
            pcMinutes = day.reading.pcMinutes
            dsMinutes = day.reading.dsMinutes
            unmeasuredMinutes = day.reading.unmeasuredMinutes
            excludedMinutes = day.excludedMinutes
        }

        private enum CodingKeys: String, CodingKey {
            case day
            case pcMinutes = "pc_minutes"
            case dsMinutes = "ds_minutes"
            case unmeasuredMinutes = "unmeasured_minutes"
            case excludedMinutes = "excluded_minutes"
        }
    }

    /// One reading of the terms, in minutes.
    struct Reading: Encodable {
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

        enum CodingKeys: String, CodingKey {
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

    struct Period: Encodable {
        let starts: String
        /// The first moment after it.
        let ends: String
        let state: String?

        init(_ minutes: Range<Minute>, state: String? = nil) {
            starts = minutes.lowerBound.starts.rfc3339
            ends = minutes.upperBound.starts.rfc3339
            self.state = state
        }
    }

    /// Minutes that are taken out of PC.
    struct Excluded: Encodable {
        let kind: ExclusionKind
        let minutes: Int64
        let periods: [Period]

        init(_ exclusion: Exclusion) {
            kind = exclusion.kind
            minutes = exclusion.minutes.length
            periods = exclusion.minutes.ranges.prefix(AvailabilityView.maximumPeriods).map {
                Period($0)
            }
        }
    }

    private enum CodingKeys: String, CodingKey {
        case report, format, audience, month, client, complete, b, raw, excluded, days, lost
        case incidents, maintenance, changes, corrections
        case asOf = "as_of"
        case timeZone = "time_zone"
        case forceMajeure = "force_majeure"
        case lostLeftOff = "lost_left_off"
        case incidentsLeftOff = "incidents_left_off"
        case maintenanceLeftOff = "maintenance_left_off"
        case changesLeftOff = "changes_left_off"
        case correctionsLeftOff = "corrections_left_off"
        case forceMajeureLeftOff = "force_majeure_left_off"
    }

    func encode(to encoder: any Encoder) throws {
        try reading.encode(to: encoder)
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(ReportKind.availability, forKey: .report)
        try members.encode(ReportKind.currentFormat, forKey: .format)
        try members.encode(asOf, forKey: .asOf)
        try members.encode(audience, forKey: .audience)
        try members.encode(month, forKey: .month)
        try members.encode(timeZone, forKey: .timeZone)
        try members.encodeIfPresent(client, forKey: .client)
        try members.encode(complete, forKey: .complete)
        try members.encode(b, forKey: .b)
        try members.encode(raw, forKey: .raw)
        try members.encode(excluded, forKey: .excluded)
        try members.encode(days, forKey: .days)
        try members.encode(lost.shown, forKey: .lost)
        try members.encode(lost.leftOff, forKey: .lostLeftOff)
        try members.encode(incidents.shown, forKey: .incidents)
        try members.encode(incidents.leftOff, forKey: .incidentsLeftOff)
        try members.encode(maintenance.shown, forKey: .maintenance)
        try members.encode(maintenance.leftOff, forKey: .maintenanceLeftOff)
        try members.encode(changes.shown, forKey: .changes)
        try members.encode(changes.leftOff, forKey: .changesLeftOff)
        try members.encode(corrections.shown, forKey: .corrections)
        try members.encode(corrections.leftOff, forKey: .correctionsLeftOff)
        try members.encode(forceMajeure.shown, forKey: .forceMajeure)
        try members.encode(forceMajeure.leftOff, forKey: .forceMajeureLeftOff)
    }
}

// MARK: Shapes

extension AvailabilityView {
    /// A month has 44,640 minutes, and an hour more where the clocks are changed.
    private static let minutes = Shape.integer(0...44_700)

    private static let measured: [Shape.Member] = [
        .required("pc_minutes", minutes, "Minutes that count."),
        .required("ds_minutes", minutes, "Those in which the service was accessible."),
        .required("unmeasured_minutes", minutes, "Those that were not measured: not accessible."),
        .required(
            "txd", .nullable(.number),
            "DS * 100 / PC in per cent, cut off behind the third decimal; null without a minute."),
        .required("meets_commitment", .boolean, "Whether txd reaches 99.9."),
    ]

    private static let promised: [Shape.Member] =
        measured + [
            .required(
                "error_budget_minutes", .integer(-44_700...44_700),
                "Minutes of the whole month that may still be lost; below 0 it is broken."),
            .required(
                "error_budget_allowed_minutes", minutes, "Minutes that may be lost in all."),
        ]

    private static let period: [Shape.Member] = [
        .required("starts", .time), .required("ends", .time),
    ]

    private static let exclusion = Shape.object([
        .required("kind", .choice(of: ExclusionKind.self)), .required("minutes", minutes),
        .required("periods", .array(.object(period), maximum: maximumPeriods)),
    ])

    private static let day = Shape.object([
        .required("day", .text(10...10)), .required("pc_minutes", minutes),
        .required("ds_minutes", minutes), .required("unmeasured_minutes", minutes),
        .required("excluded_minutes", minutes, "In maintenance."),
    ])

    private static let lostPeriod = Shape.object(
        period + [.required("state", .choice(["not_accessible", "unmeasured"]))])

    /// A list, and how many older ones it leaves off.
    private static func latest(
        _ name: String, _ shape: Shape, maximum: Int = maximumRecords, _ note: String
    ) -> [Shape.Member] {
        [
            .required(name, .array(shape, maximum: maximum), note),
            .required("\(name)_left_off", .count, "Older ones that are not shown."),
        ]
    }

    private static let records: [Shape.Member] =
        latest("lost", lostPeriod, maximum: maximumPeriods, "By A, minutes of PC not in DS.")
        + latest(
            "incidents", IncidentView.shape,
            "Opened in the month or before it, and not resolved before it; without histories.")
        + latest("maintenance", MaintenanceView.shape, "In the month, what was cancelled too.")
        + latest(
            "changes", ServiceChangeView.shape,
            "Announced in the month or before it, neither withdrawn nor in effect before it "
                + "(B 3.8).")
        + latest("corrections", CorrectionView.shape, "Of minutes of the month.")
        + latest(
            "force_majeure", ForceMajeureView.shape,
            "Periods that share a moment with the month; they change no figure.")

    private static let head: [Shape.Member] = [
        .required(
            "audience", .choice(of: ReportAudience.self),
            "Who it is for: a client sees no names of the operator's people."),
        .required("month", .text(7...7)), .required("time_zone", .text(1...64)),
        .optional("client", .identifier, "Absent for the platform as a whole."),
        .required("complete", .boolean, "Whether the month is over; else the part that is."),
        .required("b", .object(promised), "By B 3.7: suspensions are taken out, too."),
        .required("raw", .object(measured), "As measured: nothing taken out or corrected."),
        .required(
            "excluded", .array(exclusion, maximum: ExclusionKind.allCases.count),
            "Minutes that are taken out of PC; those of suspensions by B alone."),
        .required(
            "days", .array(day, maximum: 31), "By A, days of which minutes count and are over."),
    ]

    static let shape = Shape.object(AsOfView.members + head + promised + records)
}
