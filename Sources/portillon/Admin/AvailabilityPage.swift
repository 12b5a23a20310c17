import Evidence
import Wire

/// A month's availability as a page to print.
struct AvailabilityPage {
    let answer: JSONValue
    let page: ReportPage

    /// - Parameter answer: of `GET /v1/availability`.
    init(_ answer: JSONValue, _ language: Language) {
        self.answer = answer
        page = ReportPage(language: language)
    }

    var text: String {
        let plots = AvailabilityPlots(answer, page)
        return page.text(
            title: title,
            [
                page.paragraph(summary), readings, excluded,
                "<h2>\(say("Minutes lost by day", "Minutes perdues par jour"))</h2>",
                plots.lostByDay,
                "<h2>\(say("Use of the error budget", "Consommation de la marge"))</h2>",
                plots.budget, burn, days, lost, incidents, maintenance, changes, corrections,
                forceMajeure,
                page.foot(of: answer),
            ])
    }

    // MARK: Words

    func say(_ english: String, _ french: String) -> String { page.say(english, french) }

    private var title: String {
        let whose =
            answer["client"]?.string.map { "client \($0)" }
            ?? say("the platform", "la plateforme")
        return say("Availability, ", "Disponibilité, ") + (answer["month"]?.text ?? "") + ", "
            + whose
    }

    private var summary: String {
        let rate = AvailabilityCommand.percent(answer["txd"])
        let zone = answer["time_zone"]?.text ?? ""
        let state =
            answer["complete"]?.bool == true
            ? say("The month is complete.", "Le mois est complet.")
            : say(
                "The month is not over: its minutes so far.",
                "Le mois n'est pas terminé : ses minutes à ce jour.")
        let commitment =
            answer["meets_commitment"]?.bool == true
            ? say("it meets the commitment", "l'engagement est tenu")
            : say("it does not meet the commitment", "l'engagement n'est pas tenu")
        let found =
            rate.isEmpty
            ? say("No minute counts.", "Aucune minute ne compte.")
            : page.say(
                "TxD = {rate}%: {commitment} of 99.9% (C10).",
                "TxD = {rate} % : {commitment}, 99,9 % (C10).",
                ["rate": page.language.decimal(rate), "commitment": commitment])
        return "\(found) \(state) "
            + page.say(
                "Days are those of {zone}.", "Les jours sont ceux de {zone}.", ["zone": zone])
    }

    // MARK: Minutes

    private static let names = ["pc_minutes", "ds_minutes", "unmeasured_minutes"]

    private var readings: String {
        let heads = [
            say("in minutes", "en minutes"), "PC", "DS", say("unmeasured", "non mesurées"),
            "TxD (%)", say("budget left", "reste"),
        ]
        let rows: [(String, JSONValue?)] = [
            (say("A: only maintenance is out", "A : hors maintenance"), answer),
            (
                say("B: suspensions are out, too", "B : hors suspensions également"), answer["b"]
            ),
            (say("as measured", "mesuré"), answer["raw"]),
        ]
        return page.table(
            say("Readings", "Lectures"), heads,
            rows.map { name, reading in
                [name] + Self.names.map { page.number(reading?[$0]) }
                    + [
                        page.language.decimal(AvailabilityCommand.percent(reading?["txd"])),
                        page.number(reading?["error_budget_minutes"]),
                    ]
            })
    }

    /// What is taken out of PC.
    private var excluded: String {
        let words = [
            "scheduled_maintenance": say("scheduled maintenance", "maintenance programmée"),
            "emergency_maintenance": say("emergency maintenance", "maintenance d'urgence"),
            "suspension": say("suspensions (by B alone)", "suspensions (B seulement)"),
        ]
        let rows = (answer["excluded"]?.elements ?? []).compactMap { exclusion -> [String]? in
            guard let minutes = exclusion["minutes"]?.integer, minutes > 0 else { return nil }
            let kind = exclusion["kind"]?.text ?? ""
            return [words[kind] ?? kind, page.language.number(minutes)]
        }
        return page.section(
            say("Taken out", "Exclusions"), [say("what", "motif"), "minutes"], rows)
    }

    /// Of the current month alone.
    private var burn: String {
        guard let burn = answer["burn"] else { return "" }
        let asks: [String: String] = [
            "page": say("calls a person at once", "appelle une personne aussitôt"),
            "ticket": say("asks for a person within days", "demande une personne sous peu"),
        ]
        let ask =
            burn["urgency"]?.string.flatMap { asks[$0] }
            ?? say("calls nobody", "n'appelle personne")
        let rows = (burn["windows"]?.elements ?? []).map { window in
            [
                page.number(window["minutes"]), page.number(window["lost_minutes"]),
                page.language.decimal(AvailabilityCommand.tenths(window["rate"])),
            ]
        }
        return page.section(
            say("Speed of that use: ", "Vitesse de cette consommation : ") + ask,
            [
                say("the last minutes", "dernières minutes"), say("lost", "perdues"),
                say("rate", "vitesse"),
            ], rows)
    }

    private var days: String {
        page.section(
            say("Days", "Jours"),
            [
                say("day", "jour"), "PC", "DS", say("unmeasured", "non mesurées"),
                say("lost", "perdues"), say("maintenance", "maintenance"),
            ],
            (answer["days"]?.elements ?? []).map { day in
                [day["day"]?.text ?? ""] + Self.names.map { page.number(day[$0]) }
                    + [
                        page.language.number(AvailabilityPlots.lost(of: day)),
                        page.number(day["excluded_minutes"]),
                    ]
            })
    }

    private var lost: String {
        let states = [
            "not_accessible": say("not accessible", "non accessible"),
            "unmeasured": say("unmeasured", "non mesurée"),
        ]
        return section(
            "lost", say("What was lost", "Ce qui a été perdu"),
            [say("from (UTC)", "de (UTC)"), say("until", "à"), say("found", "constat")]
        ) { period in
            [
                ReportPage.time(period["starts"]), ReportPage.time(period["ends"]),
                states[period["state"]?.text ?? ""] ?? "",
            ]
        }
    }

    /// A list that the answer has, with how much of it is left off.
    func section(
        _ name: String, _ title: String, _ heads: [String], _ row: (JSONValue) -> [String]
    ) -> String {
        page.section(
            title, heads, (answer[name]?.elements ?? []).map(row),
            leftOff: answer["\(name)_left_off"]?.integer ?? 0)
    }
}
