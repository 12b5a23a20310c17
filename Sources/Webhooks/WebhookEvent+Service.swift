internal import Availability
internal import Ledger
internal import Time
internal import Wire

/// What concerns the service: incidents, maintenance, changes, force majeure. One that is about no
/// client alone is for every client (``WebhookEventType/isForEveryClient``).
extension WebhookEvent {
    /// - Parameters:
    ///   - records: behind the command, or later.
    ///   - time: the record's, which is that of its line in the incident's history.
    /// - Returns: `nil` where the incident is not kept any more: it is not known whose it was.
    init?(_ command: IncidentCommand, by: String, _ records: ServiceRecords, at time: Timestamp) {
        let incident = records.incidents[command.number]
        var data: [String: JSONValue] = [:]
        data.add("incident", command.number)
        data.add("by", text: by)
        switch command {
        case .open(_, let order, let rule):
            data.add("severity", text: order.severity.rawValue)
            data.add("rule", text: rule)
            data.add("respond_by", incident?.history.first?.respondBy)
            self.init(.incidentOpened, owner: order.client, data)
        case .act(_, let action, _):
            guard let incident else { return nil }
            let line = incident.history.last { $0.at == time && $0.action == action }
            switch action {
            case .acknowledge, .addNote: break
            case .reclassify(let severity):
                data.add("severity", text: severity.rawValue)
                data.add("respond_by", line?.respondBy)
            case .resolve(let outcome): data.add("outcome", text: outcome.rawValue)
            case .reopen: data.add("respond_by", line?.respondBy)
            }
            self.init(Self.type(of: action), owner: incident.client, data)
        }
    }

    private static func type(of action: IncidentAction) -> WebhookEventType {
        switch action {
        case .acknowledge: .incidentAcknowledged
        case .addNote: .incidentNoted
        case .reclassify: .incidentReclassified
        case .resolve: .incidentResolved
        case .reopen: .incidentReopened
        }
    }

    /// - Parameter records: behind the command, or later.
    /// - Returns: `nil` where the maintenance is not kept any more: it is not known whose it was.
    init?(_ command: MaintenanceCommand, by: String, _ records: ServiceRecords) {
        let register = records.maintenance
        let maintenance =
            register[command.number] ?? register.all.first { $0.series == command.number }
        var data: [String: JSONValue] = [:]
        data.add("maintenance", command.number)
        data.add("by", text: by)
        if case .announce(_, let terms) = command {
            data.add("kind", text: terms.kind.rawValue)
            data.add("starts", maintenance?.starts ?? terms.starts)
            data.add("ends", terms.ends)
            data.add("occurrences", terms.recurrence?.occurrences)
            self.init(.maintenanceAnnounced, owner: terms.client, data)
            return
        }
        guard let maintenance else { return nil }
        switch command {
        case .announce: return nil
        case .extend(_, let ends, _):
            data.add("ends", ends)
            self.init(.maintenanceExtended, owner: maintenance.client, data)
        case .end:
            let isCancelled = maintenance.stoppedAt.map { $0 <= maintenance.starts } ?? false
            data["cancelled"] = .bool(isCancelled)
            self.init(.maintenanceEnded, owner: maintenance.client, data)
        case .endSeries:
            data["cancelled"] = .bool(true)
            data["series"] = .bool(true)
            self.init(.maintenanceEnded, owner: maintenance.client, data)
        }
    }

    /// - Parameter records: behind the command, or later.
    /// - Returns: `nil` for what receivers are not sent, and where the change is not kept any more:
    ///   it is not known whose it was.
    init?(_ command: ServiceCommand, by: String, _ records: ServiceRecords) {
        var data: [String: JSONValue] = [:]
        data.add("by", text: by)
        switch command {
        case .beginForceMajeure(let number, let kind, let starts, _):
            data.add("force_majeure", number)
            data.add("kind", text: kind)
            data.add("starts", starts)
            self.init(.forceMajeureBegan, owner: nil, data)
        case .endForceMajeure(let number, _):
            data.add("force_majeure", number)
            self.init(.forceMajeureEnded, owner: nil, data)
        case .announceChange(let number, let terms):
            data.add("change", number)
            data["degrades"] = .bool(terms.degrades)
            data.add("takes_effect_at", terms.takesEffectAt)
            self.init(.changeAnnounced, owner: terms.client, data)
        case .withdrawChange(let number, _):
            guard let change = records.changes[number] else { return nil }
            data.add("change", number)
            self.init(.changeWithdrawn, owner: change.client, data)
        case .setCalendar, .correctMinutes, .removeProbe: return nil
        }
    }
}
