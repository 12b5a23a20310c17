import Wire

/// What is on record of the month beside its minutes.
extension AvailabilityPage {
    /// C12.
    var incidents: String {
        let words = [
            "critical": say("critical", "critique"), "minor": say("minor", "mineure"),
            "open": say("open", "ouvert"), "acknowledged": say("in progress", "en cours"),
            "confirmed": say("confirmed", "confirmé"),
            "not_confirmed": say("not confirmed", "non confirmé"),
            "not_ours": say("not ours", "non imputable"),
        ]
        return section(
            "incidents", "Incidents",
            [
                "incident", say("opened (UTC)", "ouvert (UTC)"), say("severity", "gravité"),
                say("state", "état"), say("title", "intitulé"),
            ]
        ) { incident in
            let state = incident["outcome"]?.text ?? incident["state"]?.text ?? ""
            return [
                incident["incident"]?.text ?? "", incident["opened_at"]?.text ?? "",
                words[incident["severity"]?.text ?? ""] ?? "", words[state] ?? "",
                incident["title"]?.text ?? "",
            ]
        }
    }

    /// C13.
    var maintenance: String {
        let words = [
            "scheduled": say("scheduled", "programmée"),
            "emergency": say("emergency", "d'urgence"),
            "planned": say("planned", "prévue"), "running": say("running", "en cours"),
            "ended": say("ended", "terminée"), "cancelled": say("cancelled", "annulée"),
        ]
        return section(
            "maintenance", "Maintenance",
            [
                say("number", "numéro"), say("kind", "nature"), say("from (UTC)", "de (UTC)"),
                say("until", "à"), say("announced (UTC)", "annoncée (UTC)"), say("state", "état"),
            ]
        ) { maintenance in
            [
                maintenance["maintenance"]?.text ?? "",
                words[maintenance["kind"]?.text ?? ""] ?? "",
                maintenance["starts"]?.text ?? "", maintenance["ends"]?.text ?? "",
                maintenance["announced_at"]?.text ?? "",
                words[maintenance["state"]?.text ?? ""] ?? "",
            ]
        }
    }

    /// C15.
    var corrections: String {
        let words = [
            "accessible": say("accessible", "accessible"),
            "not_accessible": say("not accessible", "non accessible"),
            "unmeasured": say("unmeasured", "non mesurée"),
            "as_measured": say("as measured", "selon la mesure"),
        ]
        return section(
            "corrections", say("Corrections of minutes", "Minutes corrigées"),
            [
                say("from (UTC)", "de (UTC)"), say("until", "à"), say("are", "sont"),
                say("recorded (UTC)", "enregistré (UTC)"), say("reason", "motif"),
            ]
        ) { correction in
            [
                correction["from"]?.text ?? "", correction["to"]?.text ?? "",
                words[correction["becomes"]?.text ?? ""] ?? "",
                correction["recorded_at"]?.text ?? "", correction["reason"]?.text ?? "",
            ]
        }
    }

    /// A 14.3.
    var forceMajeure: String {
        section(
            "force_majeure", say("Force majeure", "Force majeure"),
            [
                say("kind", "nature"), say("from (UTC)", "de (UTC)"), say("until", "à"), "note",
            ]
        ) { period in
            [
                period["kind"]?.text ?? "", period["starts"]?.text ?? "",
                period["ends"]?.text ?? say("it lasts", "en cours"), period["note"]?.text ?? "",
            ]
        }
    }
}
