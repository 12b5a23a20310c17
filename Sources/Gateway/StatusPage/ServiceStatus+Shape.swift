internal import Availability
internal import Ledger

/// The shapes of a service's status: of everybody's, and of a client's.
extension ServiceStatus {
    static let shape = Shape.object(members)

    static let shapeOfClient = Shape.object(
        members + [
            .required("client", .identifier),
            .required(
                "operations", lines(operation), "The client's, the newest first."),
            .required("operations_left_off", .count),
            .required("campaigns", lines(WaveView.shape), "Its own, as they are expected."),
            .required("campaigns_left_off", .count),
        ])

    private static let members: [Shape.Member] = [
        .required("as_of", .time, "The start of the minute in which it was made."),
        .required("time_zone", .text(1...64), "The days' and months'."),
        .required("state", .choice(of: State.self)),
        .optional("measured_at", .time, "The minute that the state follows from."),
        .required(
            "months", .array(.object(month), maximum: 2),
            "The current month, and the one before it (C9, by A)."),
        .required(
            "days",
            .array(ServiceDayView.shape(excluded: .maintenance), maximum: dayCount),
            "The oldest first."),
        .required(
            "incidents", lines(incident),
            "Those that are not resolved, and those of the last 14 days."),
        .required("incidents_left_off", .count, "Others that are not shown."),
        .required("maintenance", lines(window), "What is planned, or goes on."),
        .required("maintenance_left_off", .count),
        .required("changes", lines(change), "Announced changes of the service (B 3.8)."),
        .required("changes_left_off", .count),
    ]

    private static func lines(_ shape: Shape) -> Shape {
        .array(shape, maximum: Lines<IncidentLine>.maximum)
    }

    private static let month: [Shape.Member] =
        ReadingView.measured + [.required("month", .text(7...7)), .required("complete", .boolean)]

    private static let incident = Shape.object([
        .required("incident", .count, "Its number."),
        .required("severity", .choice(of: IncidentSeverity.self)),
        .required("state", .choice(of: Incident.State.self)),
        .optional(
            "title", TextLimit.incidentTitle.shape, "Left out where it names somebody."),
        .required("opened_at", .time), .optional("outcome", .choice(of: IncidentOutcome.self)),
        .optional("resolved_at", .time),
    ])

    private static let window = Shape.object([
        .required("maintenance", .count, "Its number."),
        .required("kind", .choice(of: MaintenanceKind.self)),
        .required("state", .choice(of: Maintenance.State.self)),
        .optional("note", .noteText), .required("starts", .time),
        .optional("ends", .time, "Absent where an emergency does not know it yet."),
    ])

    private static let change = Shape.object([
        .required("change", .count, "Its number."), .required("degrades", .boolean),
        .optional("note", .text(0...2_000), "Left out where it names somebody."),
        .required("announced_at", .time), .required("takes_effect_at", .time),
    ])

    private static let operation = Shape.object([
        .required("operation", .identifier),
        .required("title", .text(1...LedgerLimits.titleBytes)),
        .required("state", .choice(DatedState.allCases.map(\.name))),
    ])
}
