internal import Availability
internal import Evidence
internal import Ledger

/// What the status page says, in one language.
struct StatusWords {
    let language: Language

    func say(_ english: String, _ french: String) -> String {
        language == .english ? english : french
    }

    func title(of client: String?) -> String {
        let title = say("Service status", "État du service")
        return client.map { say("\(title): \($0)", "\(title) : \($0)") } ?? title
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
        return say("\(text)%", text.replacing(".", with: ",") + " %")
    }

    func meets(_ reading: AvailabilityReading) -> String {
        reading.meets(.standard) ? say("met", "tenu") : say("missed", "non tenu")
    }

    func severity(_ severity: IncidentSeverity) -> String {
        switch severity {
        case .critical: say("critical", "critique")
        case .minor: say("minor", "mineur")
        }
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
        let kind =
            switch maintenance.kind {
            case .scheduled: say("Scheduled maintenance", "Maintenance programmée")
            case .emergency: say("Emergency maintenance", "Maintenance d’urgence")
            }
        return maintenance.state == .running
            ? kind + say(", in progress", ", en cours") : kind
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
