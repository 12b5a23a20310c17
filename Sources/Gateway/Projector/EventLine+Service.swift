internal import Availability
internal import Ledger
internal import Logging
internal import Time

// MARK: Incidents, maintenance, force majeure, corrections

extension EventLine {
    init(_ command: IncidentCommand) {
        switch command {
        case .open(_, let order, let rule):
            self.init(
                order.severity == .critical ? .warning : .notice, "incident opened", [:])
            members["severity"] = "\(order.severity.rawValue)"
            members["client"] = order.client.map { .string($0) }
            members["rule"] = rule.map { .string($0) }
        case .act(_, let action, _): self.init(action)
        }
        members["command"] = "\(command.name.rawValue)"
        members["incident"] = .stringConvertible(command.number)
    }

    private init(_ action: IncidentAction) {
        switch action {
        case .acknowledge: self.init(.notice, "work on an incident started", [:])
        case .addNote: self.init(.info, "note added to an incident", [:])
        case .reclassify(let severity):
            self.init(.notice, "incident reclassified", [:])
            members["severity"] = "\(severity.rawValue)"
        case .resolve(let outcome):
            self.init(.notice, "incident resolved", [:])
            members["outcome"] = "\(outcome.rawValue)"
        case .reopen: self.init(.warning, "incident opened again", [:])
        }
    }

    init(_ command: MaintenanceCommand) {
        switch command {
        case .announce(_, let terms):
            self.init(.notice, "maintenance announced", [:])
            members["kind"] = "\(terms.kind.rawValue)"
            members["client"] = terms.client.map { .string($0) }
            members["starts"] = terms.starts.map { .string($0.rfc3339) }
            members["ends"] = terms.ends.map { .string($0.rfc3339) }
            members["occurrences"] = terms.recurrence.map {
                .stringConvertible($0.occurrences)
            }
        case .extend(_, let ends, _):
            self.init(.notice, "end of maintenance put off", [:])
            members["ends"] = "\(ends.rfc3339)"
        case .end: self.init(.notice, "maintenance ended early or cancelled", [:])
        case .endSeries: self.init(.notice, "recurring maintenance cancelled", [:])
        }
        members["command"] = "\(command.name.rawValue)"
        members["maintenance"] = .stringConvertible(command.number)
    }

    init(_ command: ServiceCommand) {
        switch command {
        case .setCalendar(let calendar):
            self.init(.notice, "business hours set", [:])
            members["opens_minute"] = .stringConvertible(calendar.hours.opensMinute)
            members["closes_minute"] = .stringConvertible(calendar.hours.closesMinute)
            members["time_zone"] = calendar.calendar.map { .string($0.timeZone) }
        case .beginForceMajeure(let number, let kind, let starts, _):
            self.init(.notice, "force majeure began", [:])
            members["force_majeure"] = .stringConvertible(number)
            members["kind"] = "\(kind)"
            members["starts"] = "\(starts.rfc3339)"
        case .endForceMajeure(let number, _):
            self.init(.notice, "force majeure ended", [:])
            members["force_majeure"] = .stringConvertible(number)
        case .correctMinutes(let correction):
            self.init(.notice, "minutes corrected", [:])
            members["from"] = "\(correction.from.rfc3339)"
            members["to"] = "\(correction.to.rfc3339)"
            members["becomes"] = "\(correction.becomes.rawValue)"
            members["client"] = correction.client.map { .string($0) }
        }
        members["command"] = "\(command.name.rawValue)"
    }
}
