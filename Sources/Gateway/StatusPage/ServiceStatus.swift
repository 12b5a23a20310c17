internal import Availability
internal import Time

/// How the service is, as its status page tells it: to everybody, or to one client.
///
/// Everybody is told of what concerns all clients, and of nobody: no client, no operation, no
/// person. A client is told of its own service beside it (C12, C13).
struct ServiceStatus: Encodable {
    enum State: String, CaseIterable, Encodable {
        /// The last minute that was measured was accessible.
        case accessible
        /// The same, and an incident is not resolved.
        case incident
        /// Maintenance goes on.
        case maintenance
        case notAccessible = "not_accessible"
        /// None of the last minutes was measured: that is not accessible, and not its opposite.
        case unmeasured
    }

    /// The start of the minute in which it was made.
    let asOf: StatusTime
    let timeZone: String
    let localTime: LocalTime
    /// The client whose service it is; nil for everybody's.
    let client: String?
    let state: State
    /// The minute that the state follows from; nil where none was measured.
    let measuredAt: StatusTime?
    /// The current month and the one before it, by A.
    let months: [Month]
    /// The oldest first.
    let days: [ServiceDay]
    let incidents: Lines<IncidentLine>
    let maintenance: Lines<MaintenanceLine>
    let changes: Lines<ChangeLine>
    /// A client's own; nil for everybody.
    let operations: Lines<OperationLine>?
    let campaigns: Lines<WaveView>?

    /// Days that are shown.
    static let dayCount = 90
    /// Minutes after which a measurement says nothing of now.
    static let freshMinutes: Int64 = 10
    /// How long resolved incidents are shown: 14 days.
    static let resolvedMilliseconds: Int64 = 14 * 86_400_000

    /// Some of a list, and how many more there are.
    struct Lines<Line> {
        let shown: [Line]
        let leftOff: Int

        /// Lines of a list at most.
        static var maximum: Int { 20 }

        /// - Parameter line: makes a line of what is shown.
        init<Source>(_ all: [Source], _ line: (Source) -> Line) {
            shown = all.prefix(Self.maximum).map(line)
            leftOff = all.count - shown.count
        }
    }

    struct Month: Encodable {
        let month: CivilMonth
        let isComplete: Bool
        let minutes: AvailabilityReading

        func encode(to encoder: any Encoder) throws {
            try ReadingView(minutes, nil, .standard).encode(to: encoder)
            var members = encoder.container(keyedBy: CodingKeys.self)
            try members.encode(month.text, forKey: .month)
            try members.encode(isComplete, forKey: .complete)
        }

        private enum CodingKeys: String, CodingKey {
            case month, complete
        }
    }

    struct IncidentLine: Encodable {
        let incident: UInt32
        let severity: IncidentSeverity
        let state: Incident.State
        /// Nil where it names somebody: see ``NamedParties``.
        let title: String?
        /// The gateway's own that opened it; pages have its title in their language.
        let rule: String?
        let openedAt: StatusTime
        let outcome: IncidentOutcome?
        let resolvedAt: StatusTime?

        private enum CodingKeys: String, CodingKey {
            case incident, severity, state, title, outcome
            case openedAt = "opened_at"
            case resolvedAt = "resolved_at"
        }
    }

    struct MaintenanceLine: Encodable {
        let maintenance: UInt32
        let kind: MaintenanceKind
        let state: Maintenance.State
        /// For clients alone.
        let note: String?
        let starts: StatusTime
        /// Nil where an emergency does not know it yet.
        let ends: StatusTime?
    }

    struct ChangeLine: Encodable {
        let change: UInt32
        let degrades: Bool
        /// Nil where it names somebody.
        let note: String?
        let announcedAt: StatusTime
        let takesEffectAt: StatusTime

        private enum CodingKeys: String, CodingKey {
            case change, degrades, note
            case announcedAt = "announced_at"
            case takesEffectAt = "takes_effect_at"
        }
    }

    struct OperationLine: Encodable {
        let operation: String
        let title: String
        let state: String
    }

    private enum CodingKeys: String, CodingKey {
        case client, state, months, days, incidents, maintenance, changes, operations, campaigns
        case asOf = "as_of"
        case timeZone = "time_zone"
        case measuredAt = "measured_at"
        case incidentsLeftOff = "incidents_left_off"
        case maintenanceLeftOff = "maintenance_left_off"
        case changesLeftOff = "changes_left_off"
        case operationsLeftOff = "operations_left_off"
        case campaignsLeftOff = "campaigns_left_off"
    }

    func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(asOf, forKey: .asOf)
        try members.encode(timeZone, forKey: .timeZone)
        try members.encodeIfPresent(client, forKey: .client)
        try members.encode(state, forKey: .state)
        try members.encodeIfPresent(measuredAt, forKey: .measuredAt)
        try members.encode(months, forKey: .months)
        try members.encode(
            days.map { ServiceDayView($0, excluded: .maintenance) }, forKey: .days)
        try members.encode(incidents.shown, forKey: .incidents)
        try members.encode(incidents.leftOff, forKey: .incidentsLeftOff)
        try members.encode(maintenance.shown, forKey: .maintenance)
        try members.encode(maintenance.leftOff, forKey: .maintenanceLeftOff)
        try members.encode(changes.shown, forKey: .changes)
        try members.encode(changes.leftOff, forKey: .changesLeftOff)
        try members.encodeIfPresent(operations?.shown, forKey: .operations)
        try members.encodeIfPresent(operations?.leftOff, forKey: .operationsLeftOff)
        try members.encodeIfPresent(campaigns?.shown, forKey: .campaigns)
        try members.encodeIfPresent(campaigns?.leftOff, forKey: .campaignsLeftOff)
    }
}
