internal import Availability
internal import Ledger
internal import Logging
internal import Time

// MARK: Incidents, maintenance, force majeure, corrections, changes

extension EventLine {
    init(_ lost: LostMinute) {
        self.init(.warning, "a client's entries were refused for lack of room", [:])
        add("client", lost.client)
        add("minute", lost.minute.starts.rfc3339)
        add("refused", lost.refused)
        add("attempts", lost.attempts)
    }

    init(_ command: IncidentCommand) {
        switch command {
        case .open(_, let order, let rule):
            self.init(
                order.severity == .critical ? .warning : .notice, "incident opened", [:])
            add("severity", order.severity.rawValue)
            add("client", order.client)
            add("rule", rule)
        case .act(_, let action, _): self.init(action)
        }
        add("command", command.name.rawValue)
        add("incident", command.number)
    }

    private init(_ action: IncidentAction) {
        switch action {
        case .acknowledge: self.init(.notice, "work on an incident started", [:])
        case .addNote: self.init(.info, "note added to an incident", [:])
        case .reclassify(let severity):
            self.init(.notice, "incident reclassified", [:])
            add("severity", severity.rawValue)
        case .resolve(let outcome):
            self.init(.notice, "incident resolved", [:])
            add("outcome", outcome.rawValue)
        case .reopen: self.init(.warning, "incident opened again", [:])
        }
    }

    init(_ command: MaintenanceCommand) {
        switch command {
        case .announce(_, let terms):
            self.init(.notice, "maintenance announced", [:])
            add("kind", terms.kind.rawValue)
            add("client", terms.client)
            add("starts", terms.starts?.rfc3339)
            add("ends", terms.ends?.rfc3339)
            add("occurrences", terms.recurrence?.occurrences)
        case .extend(_, let ends, _):
            self.init(.notice, "end of maintenance put off", [:])
            add("ends", ends.rfc3339)
        case .end: self.init(.notice, "maintenance ended early or cancelled", [:])
        case .endSeries: self.init(.notice, "recurring maintenance cancelled", [:])
        }
        add("command", command.name.rawValue)
        add("maintenance", command.number)
    }

    init(_ command: ServiceCommand) {
        switch command {
        case .setCalendar(let calendar):
            self.init(.notice, "business hours set", [:])
            add("opens_minute", calendar.hours.opensMinute)
            add("closes_minute", calendar.hours.closesMinute)
            add("time_zone", calendar.timeZone)
        case .beginForceMajeure(let number, let kind, let starts, _):
            self.init(.notice, "force majeure began", [:])
            add("force_majeure", number)
            add("kind", kind)
            add("starts", starts.rfc3339)
        case .endForceMajeure(let number, _):
            self.init(.notice, "force majeure ended", [:])
            add("force_majeure", number)
        case .correctMinutes(let correction):
            self.init(.notice, "minutes corrected", [:])
            add("from", correction.from.rfc3339)
            add("to", correction.to.rfc3339)
            add("becomes", correction.becomes.rawValue)
            add("client", correction.client)
        case .announceChange(let number, let terms):
            self.init(.notice, "change of the service announced", [:])
            add("change", number)
            add("client", terms.client)
            add("degrades", terms.degrades ? "true" : "false")
            add("takes_effect_at", terms.takesEffectAt.rfc3339)
        case .withdrawChange(let number, _):
            self.init(.notice, "change of the service withdrawn", [:])
            add("change", number)
        case .removeProbe(let probe):
            self.init(.notice, "probe removed", [:])
            add("probe", probe)
        }
        add("command", command.name.rawValue)
    }
}

// MARK: What time brought about

extension EventLine {
    /// Work on an incident did not start in time (C11).
    init(overdue incident: UInt32, of client: String?, since respondBy: Timestamp) {
        self.init(.warning, "incident overdue", [:])
        add("incident", incident)
        add("client", client)
        add("respond_by", respondBy.rfc3339)
    }

    /// Force majeure lasts beyond what terms name (C14).
    init(forceMajeure number: UInt32, beyond terms: ForceMajeure.Terms, since: Timestamp) {
        self.init(.warning, "force majeure lasts", [:])
        add("force_majeure", number)
        add("terms", terms.rawValue)
        add("since", since.rfc3339)
    }
}
