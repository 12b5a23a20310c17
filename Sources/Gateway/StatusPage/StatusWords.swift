internal import Availability
internal import Evidence
internal import Ledger

/// What the status page and the calendars say, in one language.
struct StatusWords {
    let language: Language

    func say(
        _ english: String, _ french: String, _ values: [String: String] = [:]
    ) -> String {
        language.say(english, french, values)
    }

    func title(of client: String?) -> String {
        let title = say("Service status", "État du service")
        return client.map { title + language.colon + $0 } ?? title
    }

    func sentence(_ state: ServiceStatus.State) -> String {
        switch state {
        case .accessible: say("The service is accessible.", "Le service est accessible.")
        case .incident: say("An incident is not resolved.", "Un incident n’est pas résolu.")
        case .maintenance: say("Maintenance is in progress.", "Une maintenance est en cours.")
        case .notAccessible:
            say("The service is not accessible.", "Le service n’est pas accessible.")
        case .unmeasured:
            say(
                "The last minutes were not measured: whether the service is accessible is not "
                    + "known.",
                "Les dernières minutes n’ont pas été mesurées : on ne sait pas si le service est "
                    + "accessible.")
        }
    }

    /// A rate as ``AvailabilityReading/percentText`` has it.
    func percent(_ reading: AvailabilityReading) -> String {
        guard let text = reading.percentText else {
            return say("no minute counts", "aucune minute ne compte")
        }
        return say("{rate}%", "{rate} %", ["rate": language.decimal(text)])
    }

    func meets(_ reading: AvailabilityReading) -> String {
        guard reading.percentText != nil else { return say("not known", "non connu") }
        return reading.meets(.standard) ? say("met", "tenu") : say("missed", "non tenu")
    }

    func severity(_ severity: IncidentSeverity) -> String {
        switch severity {
        case .critical: say("critical", "critique")
        case .minor: say("minor", "mineur")
        }
    }

    /// Nil where it names somebody.
    func title(of incident: ServiceStatus.IncidentLine) -> String? {
        incident.title.map { language.incidentTitle($0, rule: incident.rule) }
    }

    func state(_ incident: ServiceStatus.IncidentLine) -> String {
        switch (incident.state, incident.outcome) {
        case (.open, _): say("open", "ouvert")
        case (.acknowledged, _): say("being worked on", "en cours de traitement")
        case (.resolved, .notConfirmed?):
            say("resolved: not confirmed", "résolu : non confirmé")
        case (.resolved, .notOurs?): say("resolved: not ours", "résolu : non imputable")
        case (.resolved, _): say("resolved", "résolu")
        }
    }

    func kind(_ maintenance: ServiceStatus.MaintenanceLine) -> String {
        let kind = kind(maintenance.kind)
        return maintenance.state == .running
            ? kind + say(", in progress", ", en cours") : kind
    }

    func kind(_ kind: MaintenanceKind) -> String {
        switch kind {
        case .scheduled: say("Scheduled maintenance", "Maintenance programmée")
        case .emergency: say("Emergency maintenance", "Maintenance d'urgence")
        }
    }

    /// An announced change (B 3.8).
    func change(degrades: Bool) -> String {
        degrades
            ? say("A change that reduces the service", "Une modification qui réduit le service")
            : say("A change of the service", "Une modification du service")
    }

    // MARK: Events of calendars

    func summary(of event: PlannedEvent) -> String {
        switch event.subject {
        case .maintenance(let kind): self.kind(kind)
        case .change(let degrades): change(degrades: degrades)
        }
    }

    /// Empty where there is nothing to say.
    func description(of event: PlannedEvent) -> String {
        let end = say("Its end is not known yet.", "La fin n’est pas encore connue.")
        return [event.note ?? "", event.isEndKnown ? "" : end].filter { !$0.isEmpty }
            .joined(separator: "\n")
    }

    // MARK: Campaigns

    func summary(of wave: WaveView) -> String {
        guard let operation = wave.operation, let channel = wave.channel else {
            return say("Another client's campaign", "Campagne d'un autre client")
        }
        return operation + language.colon
            + say(
                "{channel} to {recipients}", "{channel}, {recipients}",
                [
                    "channel": language.channel(channel),
                    "recipients": language.counted(
                        Int(wave.recipients ?? 0), ("recipient", "recipients"),
                        ("destinataire", "destinataires")),
                ])
    }

    func description(of wave: WaveView) -> String {
        say(
            "{expected}, {rate} entries a second at {time} at most",
            "{expected}, {rate} participations par seconde au plus, à {time}",
            [
                "expected": expected(wave), "time": wave.peakAt,
                "rate": language.decimal("\(wave.peakPerSecond)"),
            ])
    }

    func expected(_ wave: WaveView) -> String {
        language.counted(
            wave.expectedParticipants, ("participant expected", "participants expected"),
            ("participant attendu", "participants attendus"))
    }

    /// Of an operation, as ``DatedState/name`` has it.
    func operationState(_ name: String) -> String {
        switch name {
        case DatedState.draft.name: say("draft", "brouillon")
        case DatedState.scheduled.name: say("scheduled", "programmée")
        case DatedState.open.name: say("open", "ouverte")
        case DatedState.smoothed.name: say("open, entries wait", "ouverte, avec attente")
        case DatedState.suspended.name: say("suspended", "suspendue")
        case DatedState.suspendedDefinitively.name:
            say("suspended for good", "suspendue définitivement")
        case DatedState.ended.name: say("ended", "terminée")
        default: say("closed", "fermée")
        }
    }

    func more(_ count: Int) -> String {
        say("and \(count) more", "et \(count) de plus")
    }
}
