internal import Availability
internal import Ledger
internal import Time

/// Maintenance, planned, running or over.
struct MaintenanceView: Encodable {
    let maintenance: UInt32
    let kind: MaintenanceKind
    let client: String?
    let series: UInt32?
    let note: String?
    let state: Maintenance.State
    let announcedAt: String
    let starts: String
    let ends: String?
    let announcedEnd: String?
    let extendedAt: String?
    let stoppedAt: String?

    /// - Parameter now: the ledger's time.
    init(_ maintenance: Maintenance, at now: Timestamp) {
        self.maintenance = maintenance.number
        kind = maintenance.kind
        client = maintenance.client
        series = maintenance.series
        note = maintenance.note.isEmpty ? nil : maintenance.note
        state = maintenance.state(at: now)
        announcedAt = maintenance.announcedAt.rfc3339
        starts = maintenance.starts.rfc3339
        ends = maintenance.ends?.rfc3339
        announcedEnd = maintenance.announcedEnd?.rfc3339
        extendedAt = maintenance.extendedAt?.rfc3339
        stoppedAt = maintenance.stoppedAt?.rfc3339
    }

    private enum CodingKeys: String, CodingKey {
        case maintenance, kind, client, series, note, state, starts, ends
        case announcedAt = "announced_at"
        case announcedEnd = "announced_end"
        case extendedAt = "extended_at"
        case stoppedAt = "stopped_at"
    }
}

// MARK: Shapes

extension MaintenanceView {
    static let shape = Shape.object([
        .required("maintenance", .count, "Its number."),
        .required("kind", .choice(of: MaintenanceKind.self)),
        .optional("client", .identifier, "The client that it is for; absent: all clients."),
        .optional("series", .count, "The number of the first occurrence, where it recurs."),
        .optional("note", .noteText),
        .required("state", .choice(of: Maintenance.State.self)),
        .required("announced_at", .time), .required("starts", .time),
        .optional("ends", .time, "Absent where an emergency does not know it yet."),
        .optional("announced_end", .time, "The end that was announced beforehand."),
        .optional("extended_at", .time), .optional("stopped_at", .time),
    ])

    static let body = Shape.object([
        .required("kind", .choice(of: MaintenanceKind.self)),
        .optional("client", .nullable(.identifier), "Without it for all clients."),
        .optional(
            "starts", .nullable(.time),
            "Of an emergency, without it or in the past: when it is recorded."),
        .optional("ends", .nullable(.time), "Required of scheduled maintenance; within 31 days."),
        .optional("note", .nullable(.noteText)),
        .optional("recurrence", .nullable(recurrence), "At the same local time each time."),
    ])

    private static let recurrence = Shape.object([
        .optional("every_days", .nullable(.integer(1...366)), "Without it each month."),
        .required(
            "occurrences", .integer(1...Recurrence.maximumOccurrences), "The first included."),
    ])

    static let putOff = Shape.object([
        .required("ends", .time), .optional("note", .nullable(.noteText)),
    ])
    static let end = Shape.object([
        .optional("series", .nullable(.boolean), "All of the series that is not over."),
        .optional("note", .nullable(.noteText)),
    ])
}

extension MaintenanceView: ListedView {
    static var listName: String { "maintenance" }
}
