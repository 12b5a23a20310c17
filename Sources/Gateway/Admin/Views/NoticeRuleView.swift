internal import Bytes
internal import Contract
internal import Ledger
internal import Time

/// From when on a suspension on a ground is allowed (C8, C14).
struct NoticeRuleView: Encodable {
    let ground: String
    /// Days of the notice; nil where none is needed.
    let days: Int?
    let kind: String?
    let clause: String?
    let notBefore: String?
    /// Whether it is allowed now.
    let allowed: Bool
    /// The operator's, by which days are counted.
    let timeZone: String
    let holidays: String

    init(
        _ ground: SuspensionGround, _ notice: SuspensionNotice, _ calendar: OperatorCalendar,
        at now: Timestamp
    ) {
        let rule = ground.noticeRule(notice.terms)
        self.ground = ground.rawValue
        days = rule?.period.days
        kind = rule?.period.kind.rawValue
        clause = rule?.clause
        let notBefore = rule.map { calendar.end(of: $0.period, from: notice.deliveredAt) }
        self.notBefore = notBefore?.rfc3339
        allowed = notBefore.map { $0 <= now } ?? true
        timeZone = calendar.timeZone
        holidays = calendar.holidays.rawValue
    }

    private enum CodingKeys: String, CodingKey {
        case ground, days, kind, clause, allowed, holidays
        case notBefore = "not_before"
        case timeZone = "time_zone"
    }
}

extension NoticeRuleView {
    static let shape = Shape.object([
        .required("ground", .choice(of: SuspensionGround.self)),
        .optional("days", .count, "Absent, as the next three, where no notice is needed."),
        .optional("kind", .choice(of: DayKind.self)),
        .optional("clause", .text(1...20)), .optional("not_before", .time),
        .required("allowed", .boolean, "Whether it is allowed now."),
        .required("time_zone", .text(1...LedgerLimits.timeZoneBytes)),
        .required("holidays", .choice(of: PublicHolidays.self)),
    ])

    static let parameters = [
        QueryParameter(
            name: "ground", shape: .choice(of: SuspensionGround.self), summary: "Required."),
        QueryParameter(
            name: "delivered_at", shape: .time, summary: "Of the notice; required."),
        QueryParameter(
            name: "terms", shape: .choice(of: SuspensionNotice.Terms.self),
            summary: "Of a breach; without them, the platform's."),
    ]
}
