import Evidence
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
                incident["incident"]?.text ?? "", ReportPage.time(incident["opened_at"]),
                words[incident["severity"]?.text ?? ""] ?? "", words[state] ?? "",
                page.language.incidentTitle(
                    incident["title"]?.text ?? "", rule: incident["rule"]?.text),
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
            // One that a person ended took no more out of the month than until then.
            let hasEnded = maintenance["state"]?.text == "ended"
            let ends = (hasEnded ? maintenance["stopped_at"] : nil) ?? maintenance["ends"]
            return [
                maintenance["maintenance"]?.text ?? "",
                words[maintenance["kind"]?.text ?? ""] ?? "",
                ReportPage.time(maintenance["starts"]), ReportPage.time(ends),
                ReportPage.time(maintenance["announced_at"]),
                words[maintenance["state"]?.text ?? ""] ?? "",
            ]
        }
    }

    /// C13, B 3.8.
    var changes: String {
        let words = [
            "announced": say("announced", "annoncée"), "in_effect": say("in effect", "en vigueur"),
            "withdrawn": say("withdrawn", "retirée"),
        ]
        return section(
            "changes", say("Announced changes", "Modifications annoncées"),
            [
                say("number", "numéro"), say("announced (UTC)", "annoncée (UTC)"),
                say("takes effect (UTC)", "prend effet (UTC)"),
                say("reduces the service", "réduit le service"), say("state", "état"),
                say("what changes", "objet"),
            ]
        ) { change in
            [
                change["change"]?.text ?? "", ReportPage.time(change["announced_at"]),
                ReportPage.time(change["takes_effect_at"]),
                change["degrades"]?.bool == true ? say("yes", "oui") : say("no", "non"),
                words[change["state"]?.text ?? ""] ?? "", change["note"]?.text ?? "",
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
                ReportPage.time(correction["from"]), ReportPage.time(correction["to"]),
                words[correction["becomes"]?.text ?? ""] ?? "",
                ReportPage.time(correction["recorded_at"]), correction["reason"]?.text ?? "",
            ]
        }
    }

    /// A 14.3.
    var forceMajeure: String {
        section(
            "force_majeure", say("Force majeure", "Force majeure"),
            [
                say("kind", "nature"), say("from (UTC)", "de (UTC)"), say("until", "à"),
                say("too long by (UTC)", "durée dépassée (UTC)"), "note",
            ]
        ) { period in
            let flags = (period["flags"]?.elements ?? []).map { flag in
                (flag["terms"]?.text.uppercased() ?? "") + say(" since ", " depuis ")
                    + ReportPage.time(flag["since"])
            }
            return [
                period["kind"]?.text ?? "", ReportPage.time(period["starts"]),
                period["ends"].map { ReportPage.time($0) } ?? say("it lasts", "en cours"),
                flags.joined(separator: ", "), period["note"]?.text ?? "",
            ]
        }
    }
}
