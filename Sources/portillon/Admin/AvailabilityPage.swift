import ArgumentParser
import Wire

/// A month's availability as a page to print: one file, no script, nothing from elsewhere.
struct AvailabilityPage {
    enum Language: String, CaseIterable, ExpressibleByArgument {
        case en, fr
    }

    private let answer: JSONValue
    private let language: Language

    /// - Parameter answer: of `GET /v1/availability`.
    init(_ answer: JSONValue, _ language: Language) {
        self.answer = answer
        self.language = language
    }

    var text: String {
        """
        <!DOCTYPE html>
        <html lang="\(language.rawValue)">
        <head>
        <meta charset="utf-8">
        <title>\(Self.escaped(title))</title>
        <style>
        \(Self.style)
        </style>
        </head>
        <body>
        <h1>\(Self.escaped(title))</h1>
        <p>\(Self.escaped(summary))</p>
        \(readings)
        <h2>\(say("Minutes lost by day", "Minutes perdues par jour"))</h2>
        \(chart)
        \(days)
        \(lost)
        \(incidents)
        </body>
        </html>

        """
    }

    private static let style = """
        body { font: 11pt/1.45 Georgia, serif; max-width: 46rem; margin: 2rem auto; \
        padding: 0 1rem; color: #111; background: #fff; }
        h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2rem; break-after: avoid; }
        table { border-collapse: collapse; width: 100%; font-size: 9.5pt; }
        th, td { text-align: right; padding: .2rem .6rem; border-top: 1px solid #ccc; }
        th:first-child, td:first-child { text-align: left; }
        td { font-variant-numeric: tabular-nums; } tr { break-inside: avoid; }
        svg { width: 100%; height: auto; font: 9px Georgia, serif; }
        """

    // MARK: Words

    private func say(_ english: String, _ french: String) -> String {
        language == .en ? english : french
    }

    private var title: String {
        let whose =
            answer["client"]?.string.map { say("client \($0)", "client \($0)") }
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
            : say(
                "TxD = \(rate) %: \(commitment) of 99.9 % (C10).",
                "TxD = \(rate) % : \(commitment), 99,9 % (C10).")
        return "\(found) \(state) "
            + say("All times are of \(zone).", "Heures de \(zone).")
    }

    // MARK: Tables

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
        return Self.table(
            heads,
            rows.map { name, reading in
                [name] + Self.names.map { reading?[$0]?.text ?? "" }
                    + [
                        AvailabilityCommand.percent(reading?["txd"]),
                        reading?["error_budget_minutes"]?.text ?? "",
                    ]
            })
    }

    private var days: String {
        let heads = [
            say("day", "jour"), "PC", "DS", say("unmeasured", "non mesurées"),
            say("lost", "perdues"),
        ]
        return Self.table(
            heads,
            (answer["days"]?.elements ?? []).map { day in
                [day["day"]?.text ?? ""] + Self.names.map { day[$0]?.text ?? "" }
                    + ["\(Self.lost(of: day))"]
            })
    }

    private var lost: String {
        let periods = answer["lost"]?.elements ?? []
        guard !periods.isEmpty else { return "" }
        let heads = [say("from (UTC)", "de (UTC)"), say("until", "à"), say("found", "constat")]
        let states = [
            "not_accessible": say("not accessible", "non accessible"),
            "unmeasured": say("unmeasured", "non mesurée"),
        ]
        return "<h2>\(say("What was lost", "Ce qui a été perdu"))</h2>\n"
            + Self.table(
                heads,
                periods.map { period in
                    [
                        period["starts"]?.text ?? "", period["ends"]?.text ?? "",
                        states[period["state"]?.text ?? ""] ?? "",
                    ]
                })
    }

    /// Those that the answer has (C12).
    private var incidents: String {
        let all = answer["incidents"]?.elements ?? []
        guard !all.isEmpty else { return "" }
        let heads = [
            "incident", say("opened (UTC)", "ouvert (UTC)"), say("severity", "gravité"),
            say("state", "état"), say("title", "intitulé"),
        ]
        let words = [
            "critical": say("critical", "critique"), "minor": say("minor", "mineure"),
            "open": say("open", "ouvert"), "acknowledged": say("in progress", "en cours"),
            "confirmed": say("confirmed", "confirmé"),
            "not_confirmed": say("not confirmed", "non confirmé"),
            "not_ours": say("not ours", "non imputable"),
        ]
        return "<h2>Incidents</h2>\n"
            + Self.table(
                heads,
                all.map { incident in
                    let state = incident["outcome"]?.text ?? incident["state"]?.text ?? ""
                    return [
                        incident["incident"]?.text ?? "", incident["opened_at"]?.text ?? "",
                        words[incident["severity"]?.text ?? ""] ?? "", words[state] ?? "",
                        incident["title"]?.text ?? "",
                    ]
                })
    }

    private static func lost(of day: JSONValue) -> Int {
        max((day["pc_minutes"]?.integer ?? 0) - (day["ds_minutes"]?.integer ?? 0), 0)
    }

    private static func table(_ heads: [String], _ rows: [[String]]) -> String {
        func row(_ cells: [String], _ tag: String) -> String {
            "<tr>" + cells.map { "<\(tag)>\(escaped($0))</\(tag)>" }.joined() + "</tr>\n"
        }
        return "<table>\n" + row(heads, "th") + rows.map { row($0, "td") }.joined() + "</table>"
    }

    // MARK: The plot

    /// A bar a day, with its number: what was found not accessible is filled, what was not measured
    /// is an outline above it.
    private var chart: String {
        let days = answer["days"]?.elements ?? []
        let highest = max(days.map { Self.lost(of: $0) }.max() ?? 0, 10)
        let height = 100
        var bars = ""
        for (index, day) in days.enumerated() {
            let lost = Self.lost(of: day)
            let unmeasured = min(day["unmeasured_minutes"]?.integer ?? 0, lost)
            let left = 20 + index * 18
            let top = 120 - lost * height / highest
            let middle = 120 - (lost - unmeasured) * height / highest
            bars += """
                <rect x="\(left)" y="\(top)" width="12" height="\(middle - top)" fill="none" \
                stroke="#111"/>
                <rect x="\(left)" y="\(middle)" width="12" height="\(120 - middle)"/>
                <text x="\(left + 6)" y="132" text-anchor="middle">\
                \(Self.escaped(String(day["day"]?.text.suffix(2) ?? "")))</text>

                """
            if lost > 0 {
                bars += """
                    <text x="\(left + 6)" y="\(top - 3)" text-anchor="middle">\(lost)</text>

                    """
            }
        }
        let key = say(
            "Filled: not accessible. Outlined: not measured.",
            "Plein : non accessible. Contour : non mesuré.")
        return """
            <svg viewBox="0 0 590 140" role="img" aria-label="\(Self.escaped(key))">
            <path d="M16 120H586" stroke="#111"/>
            \(bars)</svg>
            <p>\(Self.escaped(key))</p>
            """
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
            .replacing(">", with: "&gt;").replacing("\"", with: "&quot;")
    }
}
