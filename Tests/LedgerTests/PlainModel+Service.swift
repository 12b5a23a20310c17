import Availability
import Ledger
import Time

/// Incidents, maintenance, force majeure, corrections of minutes, changes (C10 to C15).
extension PlainModel {
    struct Incident {
        var client: String?
        var severity: IncidentSeverity
        var state = "open"
        var respondBy: Timestamp
        var isReported = false
        /// Lines of the history, and those of the client.
        var lines = 1
        var clientLines: Int
    }

    struct Maintenance {
        var kind: MaintenanceKind
        /// Milliseconds.
        var starts: Int64
        var ends: Int64?
        var announcedEnd: Int64?
        var stoppedAt: Int64?

        func isOver(at time: Int64) -> Bool {
            stoppedAt != nil || ends.map { $0 <= time && starts <= time } ?? false
        }
    }

    struct ForceMajeure {
        var starts: Int64
        var ends: Int64?
        /// When it lasts too long by A, and by B; `nil` once it was reported.
        var lasting: [Timestamp?]
    }

    struct AnnouncedChange {
        var client: String?
        var degrades: Bool
        var takesEffectAt: Int64
        var withdrawnAt: Int64?
    }

    struct Service {
        // Under their numbers, from 1.
        var incidents: [Incident] = []
        var maintenance: [Maintenance] = []
        var forceMajeure: [ForceMajeure] = []
        var changes: [AnnouncedChange] = []
        var corrections: [MinuteCorrection] = []
        var calendar: BusinessCalendar?

        /// By when work starts: the module has cases of its own for that.
        func respondBy(_ severity: IncidentSeverity, from time: Int64) -> Timestamp {
            ResponseTimes.standard.respondBy(
                severity, from: Timestamp(milliseconds: time),
                in: BusinessTime(
                    calendar?.calendar(beside: OperatorCalendar()) ?? OperatorCalendar(),
                    calendar?.hours ?? .standard))
        }

        mutating func dueEvent(at time: Int64) -> LedgerEvent? {
            for index in incidents.indices
            where incidents[index].state == "open" && !incidents[index].isReported
                && time > incidents[index].respondBy.milliseconds
            {
                incidents[index].isReported = true
                return .incidentOverdue(
                    number: UInt32(index + 1), client: incidents[index].client,
                    respondBy: incidents[index].respondBy)
            }
            for index in forceMajeure.indices {
                for (number, terms) in [Availability.ForceMajeure.Terms.a, .b].enumerated() {
                    guard let since = forceMajeure[index].lasting[number],
                        since.milliseconds <= time
                    else { continue }
                    forceMajeure[index].lasting[number] = nil
                    return .forceMajeureLasting(
                        number: UInt32(index + 1), terms: terms, since: since)
                }
            }
            return nil
        }
    }

    private static var day: Int64 { 86_400_000 }

    /// What time brings about, behind the ends of suspensions.
    mutating func serviceEvents(at time: Int64, atMost count: Int) -> [LedgerEvent] {
        var events: [LedgerEvent] = []
        while events.count < count, let event = service.dueEvent(at: time) {
            changes += 1
            events.append(event)
        }
        return events
    }

    mutating func applyService(
        _ command: AdministrativeCommand, by author: Author, at time: Int64
    ) -> String? {
        switch command {
        case .incident(let command): apply(command, by: author, at: time)
        case .maintenance(let command): apply(command, by: author, at: time)
        case .service(let command): apply(command, by: author, at: time)
        default: preconditionFailure("\(command) does not concern the service")
        }
    }

    mutating func apply(
        _ command: IncidentCommand, by author: Author, at time: Int64
    ) -> String? {
        let isClient = author.role == .client
        switch command {
        case .open(let number, let order, _):
            if isClient, order.client != author.name { return "forbidden" }
            if let client = order.client, clients[client] == nil { return "unknown_client" }
            if order.title.isEmpty { return "invalid" }
            if Int(number) != service.incidents.count + 1 { return "number_taken" }
            service.incidents.append(
                Incident(
                    client: order.client, severity: order.severity,
                    respondBy: service.respondBy(order.severity, from: time),
                    clientLines: isClient ? 1 : 0))
        case .act(let number, let action, let note):
            if action == .addNote, note ?? "" == "" { return "invalid" }
            let index = Int(number) - 1
            guard service.incidents.indices.contains(index),
                !isClient || service.incidents[index].client == author.name
            else { return "unknown_incident" }
            if isClient, action != .addNote, action != .reopen { return "forbidden" }
            if let refusal = service.incidents[index].apply(action, isClient: isClient) {
                return refusal
            }
            promise(action, index, at: time)
        }
        changes += 1
        return nil
    }

    mutating func apply(
        _ command: MaintenanceCommand, by author: Author, at time: Int64
    ) -> String? {
        if author.role == .client { return "forbidden" }
        if case .announce(let number, let terms) = command {
            if let client = terms.client, clients[client] == nil { return "unknown_client" }
            let isEmergency = terms.kind == .emergency
            guard let given = terms.starts?.milliseconds ?? (isEmergency ? time : nil) else {
                return "invalid"
            }
            let starts = isEmergency ? max(given, time) : given
            if starts > time + 731 * Self.day { return "invalid" }
            if Int(number) != service.maintenance.count + 1 { return "number_taken" }
            let ends = terms.ends?.milliseconds
            if !isEmergency, ends == nil || starts <= time { return "invalid" }
            if let ends, ends <= starts || ends - starts > 31 * Self.day { return "invalid" }
            service.maintenance.append(
                Maintenance(kind: terms.kind, starts: starts, ends: ends, announcedEnd: ends))
            changes += 1
            return nil
        }
        let index = Int(command.number) - 1
        // No series is announced.
        if case .endSeries = command { return "unknown_maintenance" }
        guard service.maintenance.indices.contains(index) else { return "unknown_maintenance" }
        if service.maintenance[index].isOver(at: time) { return "wrong_state" }
        let (starts, ends) = (service.maintenance[index].starts, service.maintenance[index].ends)
        if case .extend(_, let until, _) = command {
            let until = until.milliseconds
            if until <= starts || until <= time || until <= ends ?? time { return "invalid" }
            if until - starts > 31 * Self.day { return "invalid" }
            service.maintenance[index].ends = until
            if time < starts { service.maintenance[index].announcedEnd = until }
        } else {
            service.maintenance[index].stoppedAt = time
        }
        changes += 1
        return nil
    }

    mutating func apply(
        _ command: ServiceCommand, by author: Author, at time: Int64
    ) -> String? {
        if author.role == .client { return "forbidden" }
        switch command {
        case .setCalendar(let calendar):
            if calendar == service.calendar { return nil }
            service.calendar = calendar
        case .beginForceMajeure(let number, _, let starts, _):
            let distance = starts.milliseconds - time
            if distance < -366 * Self.day || distance > 31 * Self.day { return "invalid" }
            if Int(number) != service.forceMajeure.count + 1 { return "number_taken" }
            service.forceMajeure.append(
                ForceMajeure(starts: starts.milliseconds, lasting: Self.lasting(since: starts)))
        case .endForceMajeure(let number, _):
            let index = Int(number) - 1
            guard service.forceMajeure.indices.contains(index) else {
                return "unknown_force_majeure"
            }
            if service.forceMajeure[index].ends != nil { return "wrong_state" }
            if time < service.forceMajeure[index].starts { return "invalid" }
            service.forceMajeure[index].ends = time
            let isLasting = service.forceMajeure[index].lasting
                .map { $0.map { $0.milliseconds < time } ?? false }
            for number in 0...1 where !isLasting[number] {
                service.forceMajeure[index].lasting[number] = nil
            }
        case .correctMinutes(let correction):
            if let client = correction.client, clients[client] == nil { return "unknown_client" }
            let (from, to) = (correction.from.milliseconds, correction.to.milliseconds)
            if from % 60_000 != 0 || to % 60_000 != 0 || from >= to || to > time {
                return "invalid"
            }
            service.corrections.append(correction)
        case .announceChange(let number, let terms):
            if let client = terms.client, clients[client] == nil { return "unknown_client" }
            let effect = terms.takesEffectAt.milliseconds
            if terms.note.isEmpty || effect < time || effect > time + 731 * Self.day {
                return "invalid"
            }
            if Int(number) != service.changes.count + 1 { return "number_taken" }
            // 30 days from the day behind it, to their midnight.
            let notice = (time / Self.day + 31) * Self.day
            if terms.degrades, effect < notice { return "invalid" }
            service.changes.append(
                AnnouncedChange(
                    client: terms.client, degrades: terms.degrades, takesEffectAt: effect))
        case .withdrawChange(let number, _):
            let index = Int(number) - 1
            guard service.changes.indices.contains(index) else { return "unknown_change" }
            let change = service.changes[index]
            if change.withdrawnAt != nil || time >= change.takesEffectAt { return "wrong_state" }
            service.changes[index].withdrawnAt = time
        // Probes have a model of their own.
        case .removeProbe: return nil
        }
        changes += 1
        return nil
    }
}

extension PlainModel {
    /// What an action makes of the moment by which work starts.
    private mutating func promise(_ action: IncidentAction, _ index: Int, at time: Int64) {
        let incident = service.incidents[index]
        let new = service.respondBy(incident.severity, from: time)
        switch action {
        case .reclassify where incident.state == "open":
            service.incidents[index].respondBy = min(incident.respondBy, new)
        case .reopen:
            service.incidents[index].respondBy = new
            service.incidents[index].isReported = false
        default: break
        }
    }

    /// A month of the calendar in UTC, and 30 days from the day behind it, each to its midnight.
    private static func lasting(since starts: Timestamp) -> [Timestamp?] {
        let (year, month, day, _) = starts.civil
        let next = month == 12 ? (year + 1, Int64(1)) : (year, month + 1)
        let behind = next.1 == 12 ? (next.0 + 1, Int64(1)) : (next.0, next.1 + 1)
        let length =
            CivilDay(behind.0, behind.1, 1).number - CivilDay(next.0, next.1, 1).number
        let last = CivilDay(next.0, next.1, min(day, length)).number
        let first = CivilDay(year, month, day).number
        return [last + 1, first + 31].map { Timestamp(milliseconds: $0 * Self.day) }
    }
}

extension AdministrativeCommand {
    /// Whether it is of a family that concerns the service.
    var isOfService: Bool {
        switch self {
        case .incident, .maintenance, .service: true
        default: false
        }
    }
}

extension PlainModel.Service {
    /// The first part in which the ledger's differs; `nil` if none does.
    func difference(from ledger: ServiceTable) -> String? {
        let (found, due) = (ledger.records, ledger.records.maintenance.all)
        let all = found.incidents.all
        if all.map(\.state.rawValue) != incidents.map(\.state) { return "states of incidents" }
        if all.map(\.client) != incidents.map(\.client) { return "clients of incidents" }
        if all.map(\.severity) != incidents.map(\.severity) { return "severities" }
        if all.map(\.respondBy) != incidents.map(\.respondBy) { return "respond-by" }
        if all.map(\.history.count) != incidents.map(\.lines) { return "histories" }
        if due.map(\.starts.milliseconds) != maintenance.map(\.starts) { return "starts" }
        if due.map({ $0.ends?.milliseconds }) != maintenance.map(\.ends) { return "ends" }
        if due.map({ $0.announcedEnd?.milliseconds }) != maintenance.map(\.announcedEnd) {
            return "announced ends"
        }
        if due.map({ $0.stoppedAt?.milliseconds }) != maintenance.map(\.stoppedAt) {
            return "ends before the planned one"
        }
        if found.forceMajeure.all.map({ $0.ends?.milliseconds }) != forceMajeure.map(\.ends) {
            return "force majeure"
        }
        let announced = found.changes.all
        if announced.map(\.client) != changes.map(\.client)
            || announced.map(\.degrades) != changes.map(\.degrades)
            || announced.map(\.takesEffectAt.milliseconds) != changes.map(\.takesEffectAt)
            || announced.map({ $0.withdrawnAt?.milliseconds }) != changes.map(\.withdrawnAt)
        {
            return "changes"
        }
        if ledger.minutes.corrections.map(\.finding) != corrections.map(\.becomes) {
            return "corrections"
        }
        return ledger.businessCalendar == calendar ? nil : "business hours"
    }
}

extension PlainModel.Incident {
    fileprivate mutating func apply(_ action: IncidentAction, isClient: Bool) -> String? {
        let next: String
        switch action {
        case .acknowledge:
            if state != "open" { return "wrong_state" }
            next = "acknowledged"
        case .addNote: next = state
        case .reclassify(let severity):
            if state == "resolved" { return "wrong_state" }
            next = state
            if lines >= 120 { return "limit_reached" }
            self.severity = severity
        case .resolve:
            if state == "resolved" { return "wrong_state" }
            next = "resolved"
        case .reopen:
            if state != "resolved" { return "wrong_state" }
            next = "open"
        }
        if isClient, clientLines >= 16 { return "limit_reached" }
        state = next
        lines += 1
        if isClient { clientLines += 1 }
        return nil
    }
}
