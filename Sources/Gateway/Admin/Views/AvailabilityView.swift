internal import Availability
internal import Time

/// The availability of a month: by A, by B beside it (C9), and as it was measured.
struct AvailabilityView: Encodable {
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
    let lost: [Period]
    /// Periods that are beyond ``maximumPeriods``, and not shown.
    let lostLeftOff: Int
    /// The newest that its reader may see, in order of number.
    let incidents: [IncidentView]
    /// Incidents that are beyond ``maximumIncidents``, and not shown.
    let incidentsLeftOff: Int

    static var maximumPeriods: Int { 500 }
    static var maximumIncidents: Int { 200 }

    /// - Parameter incidents: all of the month, in order of number.
    init(
        _ month: MonthAvailability, client: String?, _ calendar: OperatorCalendar,
        incidents: [IncidentView]
    ) {
        self.month = month.month.text
        timeZone = calendar.timeZone
        self.client = client
        complete = month.isComplete
        reading = Reading(month.byA, month.budgetByA, month.commitment)
        b = Reading(month.byB, month.budgetByB, month.commitment)
        raw = Reading(month.raw, nil, month.commitment)
        excluded = month.minutes.exclusions.map(Excluded.init)
        days = Self.days(month, calendar.localTime)
        let periods = Self.lost(month.minutes.a)
        lost = Array(periods.suffix(Self.maximumPeriods))
        lostLeftOff = periods.count - lost.count
        self.incidents = Array(incidents.suffix(Self.maximumIncidents))
        incidentsLeftOff = incidents.count - self.incidents.count
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

    private static func days(_ month: MonthAvailability, _ localTime: LocalTime) -> [Day] {
        let first = month.month.firstDay
        return (0..<month.month.days).compactMap { number in
            let day = first.advanced(by: number)
            let starts = localTime.start(of: day)
            let ends = max(starts, localTime.start(of: day.advanced(by: 1)))
            let part = RangeSet(Range<Minute>(beginningIn: starts..<ends))
            let pc = month.minutes.a.pc.intersection(part).length
            guard pc > 0 else { return nil }
            return Day(
                day: day.text, pcMinutes: pc,
                dsMinutes: month.minutes.a.ds.intersection(part).length,
                unmeasuredMinutes: month.minutes.a.unmeasured.intersection(part).length)
        }
    }

    struct Day: Encodable {
        let day: String
        let pcMinutes: Int64
        let dsMinutes: Int64
        let unmeasuredMinutes: Int64

        private enum CodingKeys: String, CodingKey {
            case day
            case pcMinutes = "pc_minutes"
            case dsMinutes = "ds_minutes"
            case unmeasuredMinutes = "unmeasured_minutes"
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
        case month, client, complete, b, raw, excluded, days, lost, incidents
        case timeZone = "time_zone"
        case lostLeftOff = "lost_left_off"
        case incidentsLeftOff = "incidents_left_off"
    }

    func encode(to encoder: any Encoder) throws {
        try reading.encode(to: encoder)
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(month, forKey: .month)
        try members.encode(timeZone, forKey: .timeZone)
        try members.encodeIfPresent(client, forKey: .client)
        try members.encode(complete, forKey: .complete)
        try members.encode(b, forKey: .b)
        try members.encode(raw, forKey: .raw)
        try members.encode(excluded, forKey: .excluded)
        try members.encode(days, forKey: .days)
        try members.encode(lost, forKey: .lost)
        try members.encode(lostLeftOff, forKey: .lostLeftOff)
        try members.encode(incidents, forKey: .incidents)
        try members.encode(incidentsLeftOff, forKey: .incidentsLeftOff)
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

    static let shape = Shape.object(
        promised + [
            .required("month", .text(7...7)), .required("time_zone", .text(1...64)),
            .optional("client", .identifier, "Absent for the platform as a whole."),
            .required("complete", .boolean, "Whether the month is over; else the part that is."),
            .required("b", .object(promised), "By B 3.7: suspensions are taken out, too."),
            .required("raw", .object(measured), "As measured: nothing taken out or corrected."),
            .required(
                "excluded",
                .array(
                    .object([
                        .required("kind", .choice(of: ExclusionKind.self)),
                        .required("minutes", minutes),
                        .required("periods", .array(.object(period), maximum: maximumPeriods)),
                    ]), maximum: ExclusionKind.allCases.count),
                "Minutes that are taken out of PC; those of suspensions by B alone."),
            .required(
                "days",
                .array(
                    .object([
                        .required("day", .text(10...10)), .required("pc_minutes", minutes),
                        .required("ds_minutes", minutes),
                        .required("unmeasured_minutes", minutes),
                    ]), maximum: 31), "By A, days of which minutes count and are over."),
            .required(
                "lost",
                .array(
                    .object(
                        period + [
                            .required("state", .choice(["not_accessible", "unmeasured"]))
                        ]), maximum: maximumPeriods),
                "By A, minutes of PC that are not in DS; the newest."),
            .required("lost_left_off", .count, "Older periods that are not shown."),
            .required(
                "incidents", .array(IncidentView.shape, maximum: maximumIncidents),
                "Opened in the month or before it, and not resolved before it; the newest, "
                    + "without histories."),
            .required("incidents_left_off", .count, "Older ones that are not shown."),
        ])
}
