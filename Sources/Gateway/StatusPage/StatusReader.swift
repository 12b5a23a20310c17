internal import Availability
internal import Ledger
internal import Time

/// Makes the status of the service from what is on record.
struct StatusReader {
    private let catalogue: Catalogue
    private let now: Timestamp

    /// - Parameter now: the ledger's time.
    init(_ catalogue: Catalogue, at now: Timestamp) {
        self.catalogue = catalogue
        self.now = now
    }

    /// What everybody is told.
    func statusOfAll() -> ServiceStatus {
        status(of: nil, operations: nil, campaigns: nil)
    }

    /// What everybody's calendar has: maintenance without notes, and changes, but for notes that
    /// name somebody; the earliest ones.
    func plannedForAll() -> [PlannedEvent] {
        let records = catalogue.service.records
        let hidden = naming(records.changes.all.filter { $0.client == nil }.map(\.note))
        let all = PlannedEvent.all(
            of: records, from: now, at: now, isVisible: { $0.client == nil },
            maintenanceNote: { _ in nil },
            changeNote: { hidden.contains($0.note) ? nil : $0.note })
        return Array(all.prefix(Self.maximumPlanned))
    }

    /// Events of everybody's calendar: it is kept ready in each language.
    private static var maximumPlanned: Int { 1_000 }

    /// What a client is told.
    /// - Parameters:
    ///   - counts: of the operation at an index.
    ///   - campaigns: those of the client.
    func status(
        of client: Catalogue.Client, counts: (UInt32) -> OperationCounts,
        campaigns: ServiceStatus.Lines<WaveView>
    ) -> ServiceStatus {
        status(
            of: client, operations: operations(of: client, counts: counts), campaigns: campaigns)
    }

    private func status(
        of client: Catalogue.Client?, operations: ServiceStatus.Lines<ServiceStatus.OperationLine>?,
        campaigns: ServiceStatus.Lines<WaveView>?
    ) -> ServiceStatus {
        let facts = catalogue.serviceFacts(of: client, until: now)
        let localTime = catalogue.calendar.localTime
        let days = ServiceDay.last(
            Int64(ServiceStatus.dayCount), of: facts, in: localTime,
            until: catalogue.measuredEnd(at: now))
        let incidents = incidents(of: client)
        let maintenance = maintenance(of: client)
        let last = facts.lastMeasured(of: ServiceStatus.freshMinutes, before: now)
        return ServiceStatus(
            asOf: StatusTime(Minute(containing: now).starts), timeZone: catalogue.calendar.timeZone,
            localTime: localTime, client: client?.id,
            state: state(last?.state, incidents, maintenance),
            measuredAt: last.map { StatusTime($0.minute.starts) },
            months: months(days, localTime), days: days,
            incidents: lines(incidents, for: client),
            maintenance: ServiceStatus.Lines(maintenance) { line($0, for: client) },
            changes: changes(of: client), operations: operations,
            campaigns: campaigns)
    }

    private func state(
        _ measured: MinuteState?, _ incidents: [Incident], _ maintenance: [Maintenance]
    ) -> ServiceStatus.State {
        if maintenance.contains(where: { $0.state(at: now) == .running }) { return .maintenance }
        if measured == .notAccessible { return .notAccessible }
        if incidents.contains(where: { $0.state != .resolved }) { return .incident }
        return measured == .accessible ? .accessible : .unmeasured
    }

    /// The current month, and the one before it where the service was there.
    private func months(_ days: [ServiceDay], _ localTime: LocalTime) -> [ServiceStatus.Month] {
        let current = CivilMonth(at: now, in: localTime)
        return [current, current.previous].compactMap { month in
            let reading = AvailabilityReading(
                days.lazy.filter { CivilMonth(containing: $0.day) == month })
            guard month == current || reading.pcMinutes > 0 else { return nil }
            return ServiceStatus.Month(
                month: month, isComplete: month != current, minutes: reading)
        }
    }

    // MARK: Incidents, maintenance, changes

    /// Those that are not resolved, then those that were resolved lately, the newest first.
    private func incidents(of client: Catalogue.Client?) -> [Incident] {
        let earliest = now.advanced(byMilliseconds: -ServiceStatus.resolvedMilliseconds)
        return catalogue.service.records.incidents.all(for: client?.id ?? Self.noClient)
            .filter { $0.state != .resolved || $0.resolvedAt.map { $0 >= earliest } ?? false }
            .sorted { left, right in
                let isOver = (left.state == .resolved, right.state == .resolved)
                return isOver.0 == isOver.1 ? left.number > right.number : isOver.1
            }
    }

    private func lines(
        _ incidents: [Incident], for client: Catalogue.Client?
    ) -> ServiceStatus.Lines<ServiceStatus.IncidentLine> {
        let hidden = client == nil ? naming(incidents.map(\.title)) : []
        return ServiceStatus.Lines(incidents) { incident in
            let isResolved = incident.state == .resolved
            return ServiceStatus.IncidentLine(
                incident: incident.number, severity: incident.severity, state: incident.state,
                title: hidden.contains(incident.title) ? nil : incident.title,
                rule: incident.rule,
                openedAt: StatusTime(incident.openedAt), outcome: incident.outcome,
                resolvedAt: isResolved ? incident.resolvedAt.map { StatusTime($0) } : nil)
        }
    }

    /// What is planned or goes on, in order of start.
    private func maintenance(of client: Catalogue.Client?) -> [Maintenance] {
        catalogue.service.records.maintenance.all(for: client?.id ?? Self.noClient)
            .filter { [.planned, .running].contains($0.state(at: now)) }
    }

    /// Notes are for clients: they were not written for everybody.
    private func line(
        _ maintenance: Maintenance, for client: Catalogue.Client?
    ) -> ServiceStatus.MaintenanceLine {
        let hasNote = client != nil && !maintenance.note.isEmpty
        return ServiceStatus.MaintenanceLine(
            maintenance: maintenance.number, kind: maintenance.kind,
            state: maintenance.state(at: now), note: hasNote ? maintenance.note : nil,
            starts: StatusTime(maintenance.starts), ends: maintenance.ends.map { StatusTime($0) })
    }

    /// Those that are to come, in order of time.
    private func changes(
        of client: Catalogue.Client?
    ) -> ServiceStatus.Lines<ServiceStatus.ChangeLine> {
        let coming = catalogue.service.records.changes.all(for: client?.id ?? Self.noClient)
            .filter { $0.withdrawnAt == nil && $0.takesEffectAt > now }
            .sorted { ($0.takesEffectAt, $0.number) < ($1.takesEffectAt, $1.number) }
        let hidden = client == nil ? naming(coming.map(\.note)) : []
        return ServiceStatus.Lines(coming) { change in
            ServiceStatus.ChangeLine(
                change: change.number, degrades: change.degrades,
                note: hidden.contains(change.note) ? nil : change.note,
                announcedAt: StatusTime(change.announcedAt),
                takesEffectAt: StatusTime(change.takesEffectAt))
        }
    }

    private func naming(_ texts: [String]) -> Set<String> {
        NamedParties(in: texts, catalogue).naming
    }

    /// No client has this name: what is found for it concerns all clients.
    private static var noClient: String { "" }

    // MARK: Operations

    /// A client's, those that were created last first.
    private func operations(
        of client: Catalogue.Client, counts: (UInt32) -> OperationCounts
    ) -> ServiceStatus.Lines<ServiceStatus.OperationLine> {
        let own = catalogue.clientIndex(client.id).map { catalogue.operations(ofClient: $0) } ?? []
        return ServiceStatus.Lines(own.reversed()) { index in
            let operation = catalogue.operations[Int(index)]
            return ServiceStatus.OperationLine(
                operation: operation.id, title: operation.settings.title,
                state: operation.state(at: now, counts: counts(index)).name)
        }
    }
}
