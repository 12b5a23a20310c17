internal import Availability
internal import Contract
internal import Ledger

/// What receivers of webhooks are sent, as the OpenAPI document describes it.
enum WebhookShapes {
    /// A message of this type.
    static func message(_ type: WebhookEventType) -> Shape {
        .object([
            .required("type", .choice([type.rawValue])),
            .required("timestamp", .time, "Of the record."),
            .required("data", .object(common + members(of: type))),
        ])
    }

    private static let common: [Shape.Member] = [
        .required("record", .count, "The record that the event is made from."),
        .optional("client", .identifier, "Whose operation it is about, or which client."),
    ]

    private static func members(of type: WebhookEventType) -> [Shape.Member] {
        switch type {
        case .coverNear, .coverCrossed: [operation] + counts
        case .campaignUndeclared:
            [
                operation, .required("source", .text(1...LedgerLimits.sourceBytes)),
                .required("entries", .count), .required("window_seconds", .count),
                .required("share", .number, "Of the operation's entries, 0 to 1."),
            ]
        case .trafficUndeclared:
            [
                operation, .required("entries", .count), .required("window_seconds", .count),
            ]
        case .robotsCounted: [operation] + robots
        case .clientCrossed, .clientWithin: [.required("operations", .count)] + counts
        case .operationSmoothed:
            [operation, by, .required("per_second", .count), ground] + ladder
        case .operationSuspended:
            [
                operation, by, .required("definitive", .boolean), until, ground, cause,
            ] + ladder
        case .operationResumed:
            [
                operation, by, until, .required("reason", .text(1...64)), ground,
            ] + ladder
        case .clientSuspended:
            [
                by, .required("definitive", .boolean), until,
                .required("ground", .choice(of: SuspensionGround.self)),
            ]
        case .clientResumed: [by]
        case .ladderAdvised:
            [
                operation, by, until, .required("step", .text(1...16)),
                .optional("per_second", .count), .optional("definitive", .boolean),
                .optional("reason", .text(1...64)), ground, cause,
            ] + ladder
        case .keyRevoked:
            [
                operation, by, .required("key_id", .identifier),
                .required("reason", .choice(of: RevocationReason.self)),
                .optional("declared_at", .time),
            ]
        case .permitIssued:
            permit + [
                .required("per_second", .count, "Test entries, at most."),
                .required("starts", .time), .required("ends", .time),
            ]
        case .permitRevoked, .permitPurged: permit
        case .permitForgotten:
            permit + [.required("entries", .count, "Whose data can be read no more.")]
        case .incidentOpened:
            [incident, by, severity, respondBy, .optional("rule", .identifier)]
        case .incidentAcknowledged, .incidentNoted: [incident, by]
        case .incidentReclassified: [incident, by, severity, respondBy]
        case .incidentResolved:
            [incident, by, .required("outcome", .choice(of: IncidentOutcome.self))]
        case .incidentReopened: [incident, by, respondBy]
        case .incidentOverdue: [incident, .required("respond_by", .time)]
        case .maintenanceAnnounced:
            [
                maintenance, by, .required("kind", .choice(of: MaintenanceKind.self)),
                .optional("starts", .time), .optional("ends", .time),
                .optional("occurrences", .count, "Of a series; the number is the first one's."),
            ]
        case .maintenanceExtended: [maintenance, by, .required("ends", .time)]
        case .maintenanceEnded:
            [
                maintenance, by, .required("cancelled", .boolean, "It had not begun."),
                .optional("series", .boolean, "All of the series that was not over."),
            ]
        case .forceMajeureBegan:
            [
                forceMajeure, by, .required("kind", .identifier), .required("starts", .time),
            ]
        case .forceMajeureEnded: [forceMajeure, by]
        case .forceMajeureLasting:
            [
                forceMajeure, .required("terms", .choice(of: ForceMajeure.Terms.self)),
                .required("since", .time),
            ]
        case .changeAnnounced:
            [
                change, by, .required("degrades", .boolean, "Takes away, or makes worse."),
                .required("takes_effect_at", .time),
            ]
        case .changeWithdrawn: [change, by]
        case .webhookGivenUp: [webhook] + lost
        case .webhookDisabled:
            [webhook, .required("unsent", .count, "Events that waited.")] + lost
        case .webhookTest: [webhook]
        }
    }

    private static let robots: [Shape.Member] = [
        .required("since", .time), .required("until", .time),
        .required("attempts", .count, "Entries that were judged."),
        .required("robots", .count), .required("suspects", .count),
        .required("admitted", .count), .required("observed", .count),
        .required("challenged", .count), .required("refused", .count),
        .required("tests", .count, "Entries of load tests, which are none of the attempts."),
        .required("tools", .array(.text(1...LedgerLimits.robotNameBytes))),
    ]
    private static let permit: [Shape.Member] = [
        operation, by, .required("permit_id", .identifier),
    ]
    private static let operation = Shape.Member.required("operation", .identifier)
    private static let webhook = Shape.Member.required("webhook_id", .identifier)
    private static let incident = Shape.Member.required("incident", .count, "Its number.")
    private static let maintenance = Shape.Member.required("maintenance", .count, "Its number.")
    private static let change = Shape.Member.required("change", .count, "Its number.")
    private static let forceMajeure = Shape.Member.required(
        "force_majeure", .count, "Its number.")
    private static let severity = Shape.Member.required(
        "severity", .choice(of: IncidentSeverity.self))
    private static let respondBy = Shape.Member.optional(
        "respond_by", .time, "The last moment at which work starts in time (C11).")
    private static let ground = Shape.Member.optional(
        "ground", .choice(of: SuspensionGround.self))
    private static let cause = Shape.Member.optional(
        "cause", .choice(of: Ladder.SuspensionCause.self),
        "Of the ladder: strain lasted in spite of the pace, or refusing alone brings it about.")
    private static let until = Shape.Member.optional("until", .time)
    private static let by = Shape.Member.required(
        "by", .text(1...16), "A role, or ladder: no event names a person.")
    private static let counts: [Shape.Member] = [
        .required("participants", .count), .required("cover", .count),
    ]
    /// What a step of the ladder has beside its own.
    private static let ladder: [Shape.Member] = [
        .optional("rule", .text(1...64)), .optional("participants", .count),
        .optional("cover", .count), .optional("crossed_at", .time),
        .optional("pressure", .choice(PressureLevel.allCases.map { "\($0.name)" })),
    ]
    private static let lost: [Shape.Member] = [
        .required("given_up", .count, "Deliveries."), .required("first_record", .count),
        .required("last_record", .count), .optional("status", .integer(0...599)),
    ]
}
