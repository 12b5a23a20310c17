internal import Availability
internal import Ledger
internal import Time

/// An incident as its reader may see it.
struct IncidentView: Encodable {
    let incident: UInt32
    let client: String?
    let severity: IncidentSeverity
    let title: String
    let state: Incident.State
    let rule: String?
    let openedAt: String
    let openedOutsideHours: Bool
    let respondBy: String
    let respondedAt: String?
    let overdue: Bool
    let late: Bool?
    let outcome: IncidentOutcome?
    let resolvedAt: String?
    let history: [IncidentEventView]?

    /// - Parameters:
    ///   - author: the reader: a client sees no names of the operator's people.
    ///   - now: the ledger's time.
    ///   - history: whether it is shown: lists leave it out.
    init(_ incident: Incident, to author: Author, at now: Timestamp, history: Bool) {
        self.incident = incident.number
        client = incident.client
        severity = incident.severity
        title = incident.title
        state = incident.state
        rule = incident.rule
        openedAt = incident.openedAt.rfc3339
        openedOutsideHours = incident.isOpenedOutsideHours
        respondBy = incident.respondBy.rfc3339
        respondedAt = incident.respondedAt?.rfc3339
        overdue = incident.isOverdue(at: now)
        late = incident.isLate
        outcome = incident.outcome
        resolvedAt = incident.state == .resolved ? incident.resolvedAt?.rfc3339 : nil
        self.history =
            history ? incident.history.map { IncidentEventView($0, to: author) } : nil
    }

    private enum CodingKeys: String, CodingKey {
        case incident, client, severity, title, state, rule, overdue, late, outcome, history
        case openedAt = "opened_at"
        case openedOutsideHours = "opened_outside_hours"
        case respondBy = "respond_by"
        case respondedAt = "responded_at"
        case resolvedAt = "resolved_at"
    }
}

// MARK: Shapes

extension IncidentView {
    private static let severities = Shape.choice(of: IncidentSeverity.self)
    private static let outcomes = Shape.choice(of: IncidentOutcome.self)

    static let shape = Shape.object([
        .required("incident", .count, "Its number."),
        .optional("client", .identifier, "The client that it is about; absent: all clients."),
        .required("severity", severities), .required("title", TextLimit.incidentTitle.shape),
        .required("state", .choice(of: Incident.State.self)),
        .optional("rule", .identifier, "The rule of the gateway that opened it."),
        .required("opened_at", .time),
        .required("opened_outside_hours", .boolean, "Outside the operator's business hours."),
        .required("respond_by", .time, "The last moment at which work starts in time (C11)."),
        .optional("responded_at", .time, "When work started."),
        .required("overdue", .boolean, "Work has not started, and that moment is over."),
        .optional("late", .boolean, "Whether work started after that moment."),
        .optional("outcome", outcomes), .optional("resolved_at", .time),
        .optional(
            "history", .array(IncidentEventView.shape, maximum: Incident.maximumEvents),
            "Of one incident; lists leave it out."),
    ])

    static let body = Shape.object([
        .required("severity", severities, "critical: prevents all use."),
        .required("title", TextLimit.incidentTitle.shape),
        .optional("note", .nullable(.noteText)),
        .optional(
            "client", .nullable(.identifier),
            "The client that it is about; without it all clients. A client's token: itself."),
    ])

    static let note = Shape.object([.required("text", TextLimit.reason.shape)])
    static let reclassification = Shape.object([
        .required("severity", severities), .optional("note", .nullable(.noteText)),
    ])
    static let resolution = Shape.object([
        .required("outcome", outcomes), .optional("note", .nullable(.noteText)),
    ])
}

extension IncidentView: ListedView {
    static var listName: String { "incidents" }
}
