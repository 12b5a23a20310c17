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
    let reading: ReadingView
    let b: ReadingView
    let raw: ReadingView
    /// By B, now; nil for another month than the current one, and where no probe reports.
    let burn: BurnView?
    let excluded: [Excluded]
    /// The days of the month that are over, in part too, by A.
    let days: [ServiceDayView]
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
    ///   - owner: the client; nil for the platform as a whole.
    ///   - position: what the report is made from: the catalogue is as of then.
    init(
        _ wanted: CivilMonth, of owner: Catalogue.Client?, _ catalogue: Catalogue,
        _ position: ReportPosition, for audience: ReportAudience
    ) {
        let report = catalogue.monthlyReport(wanted, of: owner, until: position.until)
        let calendar = catalogue.calendar
        let client = owner?.id
        let month = report.availability
        // Names of people are for the operator's own eyes.
        let reader = Author(audience == .client ? .client : .auditor, name: client ?? "")
        asOf = AsOfView(position)
        self.audience = audience
        self.month = month.month.text
        timeZone = calendar.timeZone
        self.client = client
        complete = month.isComplete
        reading = ReadingView(month.byA, month.budgetByA, month.commitment)
        b = ReadingView(month.byB, month.budgetByB, month.commitment)
        raw = ReadingView(month.raw, nil, month.commitment)
        let isCurrent = CivilMonth(at: position.until, in: calendar.localTime) == wanted
        burn =
            isCurrent ? catalogue.burn(of: owner, at: position.until).map { BurnView($0) } : nil
        excluded = month.minutes.exclusions.map(Excluded.init)
        days = report.days.map { ServiceDayView($0, excluded: .excluded) }
        lost = Latest(Self.lost(month.minutes.a), maximum: Self.maximumPeriods)
        incidents = Latest(
            report.incidents.map {
                IncidentView($0, to: reader, at: position.until, history: false)
            })
        maintenance = Latest(
            report.maintenance.map { MaintenanceView($0, at: position.until) })
        changes = Latest(report.changes.map { ServiceChangeView($0, at: position.until) })
        corrections = Latest(report.corrections.map { CorrectionView($0, to: reader) })
        forceMajeure = Latest(
            report.forceMajeure.map { ForceMajeureView($0, by: calendar, at: position.until) })
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
        case report, format, audience, month, client, complete, b, raw, burn, excluded, days
        case lost
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
        try members.encodeIfPresent(burn, forKey: .burn)
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
    private static let period: [Shape.Member] = [
        .required("starts", .time), .required("ends", .time),
    ]

    private static let exclusion = Shape.object([
        .required("kind", .choice(of: ExclusionKind.self)),
        .required("minutes", ReadingView.minutes),
        .required("periods", .array(.object(period), maximum: maximumPeriods)),
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
        .required("b", .object(ReadingView.promised), "By B 3.7: suspensions are taken out, too."),
        .required(
            "raw", .object(ReadingView.measured), "As measured: nothing taken out or corrected."),
        .optional(
            "burn", BurnView.shape,
            "How fast the error budget is used up, of the current month alone; absent where no "
                + "probe reports."),
        .required(
            "excluded", .array(exclusion, maximum: ExclusionKind.allCases.count),
            "Minutes that are taken out of PC; those of suspensions by B alone."),
        .required(
            "days", .array(ServiceDayView.shape(excluded: .excluded), maximum: 31),
            "By A, days of which minutes count and are over."),
    ]

    static let shape = Shape.object(AsOfView.members + head + ReadingView.promised + records)
}
