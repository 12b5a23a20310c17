/// What is expected when: the answer to `GET /v1/calendar`.
struct CalendarView: Encodable {
    let from: String
    let to: String
    let capacityPerSecond: UInt32?
    let waves: [WaveView]
    let wavesTotal: Int
    let campaignsOmitted: Int
    let load: [LoadView]
    /// Planned and running within the range, the earliest first.
    let maintenance: [MaintenanceView]
    /// Those that take effect within the range, the earliest first.
    let changes: [ServiceChangeView]
    let businessHours: BusinessHoursView

    /// Waves of an answer at most, the earliest first; the load has all of them.
    static let maximumWaves = 500
    /// The same of maintenance.
    static let maximumMaintenance = 500
    /// The same of announced changes.
    static let maximumChanges = 500
    /// The load is given in slots of so many seconds, each with the peak within it.
    static let slotSeconds: Int64 = 300
    /// Steps of the load at most: one a slot, and the end.
    static let maximumSteps =
        Int(CalendarRange.longestMilliseconds / (slotSeconds * 1_000)) + 1

    private enum CodingKeys: String, CodingKey {
        case from, to, waves, load, maintenance, changes
        case businessHours = "business_hours"
        case capacityPerSecond = "capacity_per_second"
        case wavesTotal = "waves_total"
        case campaignsOmitted = "campaigns_omitted"
    }
}

/// The expected rate from a moment on, until the next one.
struct LoadView: Encodable {
    let at: String
    let perSecond: Double

    private enum CodingKeys: String, CodingKey {
        case at
        case perSecond = "per_second"
    }
}

// MARK: Shapes

extension CalendarView {
    static let omittedNote =
        "Campaigns that start later and are not reckoned with: more are declared than 20,000 parts."
    static let shape = Shape.object([
        .required("from", .time), .required("to", .time),
        .optional(
            "capacity_per_second", .count,
            "Entries a second that the gateway is measured to take, if known."),
        .required("waves", .array(WaveView.shape, maximum: maximumWaves), "The earliest first."),
        .required("waves_total", .count),
        .required("campaigns_omitted", .count, omittedNote),
        .required(
            "load", .array(LoadView.shape, maximum: maximumSteps),
            "Expected entries a second of all waves, in slots of five minutes with their peaks."),
        .required(
            "maintenance", .array(MaintenanceView.shape, maximum: maximumMaintenance),
            "What is planned, or runs, the earliest first (C13). `GET /v1/maintenance` has more."),
        .required(
            "changes", .array(ServiceChangeView.shape, maximum: maximumChanges),
            "Announced changes of the service that take effect, the earliest first (B 3.8). "
                + "`GET /v1/changes` has more."),
        .required("business_hours", .object(BusinessHoursView.members), "The operator's (C11)."),
    ])
}

extension LoadView {
    static let shape = Shape.object([.required("at", .time), .required("per_second", .number)])
}
