internal import Availability
internal import Bytes
internal import Evidence
internal import Time

/// The status of the service as a page: one file, no script, nothing from elsewhere.
struct StatusPage {
    private let status: ServiceStatus
    private let words: StatusWords

    init(_ status: ServiceStatus, _ language: Language) {
        self.status = status
        words = StatusWords(language: language)
    }

    var text: String {
        """
        <!DOCTYPE html>
        <html lang="\(words.language.rawValue)">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(Markup.escapedLine(words.title(of: status.client)))</title>
        <style>\(StatusStyle.text)</style>
        </head>
        <body>
        <main>
        \(head)
        \(months)
        \(days)
        \(incidents)
        \(maintenance)
        \(changes)
        \(operations)\(campaigns)\(links)</main>
        </body>
        </html>

        """
    }

    private func say(_ english: String, _ french: String) -> String {
        words.say(english, french)
    }

    /// Behind a name, before what is said of it.
    private var colon: String { words.language.colon }

    // MARK: Parts

    private var head: String {
        let other: Language = words.language == .english ? .french : .english
        let name = other == .english ? "English" : "Français"
        let made =
            say("As of ", "État à ") + time(status.asOf)
            + " (\(Markup.escapedLine(status.timeZone)))"
        return """
            <div class="head">
            <h1>\(Markup.escapedLine(words.title(of: status.client)))</h1>
            <a href="?language=\(other.rawValue)" hreflang="\(other.rawValue)" \
            lang="\(other.rawValue)">\(name)</a>
            </div>
            <p class="state \(status.state.rawValue)">\
            \(Markup.escapedLine(words.sentence(status.state)))</p>
            <p><small>\(made)</small></p>
            """
    }

    private var months: String {
        let rows = status.months.map { month in
            [
                month.isComplete
                    ? month.month.text : month.month.text + say(" so far", " à ce jour"),
                words.percent(month.minutes), words.meets(month.minutes),
                "\(month.minutes.notAccessibleMinutes)", "\(month.minutes.unmeasuredMinutes)",
            ]
        }
        let heads = [
            say("month", "mois"), say("accessible", "accessible"), say("99.9%", "99,9 %"),
            say("minutes not accessible", "minutes non accessibles"),
            say("minutes not measured", "minutes non mesurées"),
        ]
        let title = say("Availability", "Disponibilité")
        return "<h2>\(title)</h2>\n" + table(title, heads, rows)
            + note(
                say(
                    "Minutes in maintenance do not count. Minutes that nobody measured do not "
                        + "count as accessible.",
                    "Les minutes en maintenance ne comptent pas. Les minutes non mesurées ne "
                        + "comptent pas comme accessibles."))
    }

    private var days: String {
        let count = status.days.count
        let lost = status.days.count { $0.reading.notAccessibleMinutes > 0 }
        let label = say(
            "A bar for each of the last \(count) days. On \(lost) of them the service was not "
                + "accessible for a minute or more. The table below has the minutes.",
            "Une barre pour chacun des \(count) derniers jours. Le service n’a pas été accessible "
                + "pendant une minute au moins sur \(lost) d’entre eux. Le tableau ci-dessous "
                + "donne les minutes.")
        let heads = [
            say("day", "jour"), say("accessible", "accessible"),
            say("not accessible", "non accessible"), say("not measured", "non mesuré"),
            say("maintenance", "maintenance"),
        ]
        let rows = status.days.reversed().map { day in
            [
                day.day.text, "\(day.reading.dsMinutes)", "\(day.reading.notAccessibleMinutes)",
                "\(day.reading.unmeasuredMinutes)", "\(day.excludedMinutes)",
            ]
        }
        let summary = say("Minutes, day by day", "Les minutes, jour par jour")
        return """
            <h2>\(say("The last \(count) days", "Les \(count) derniers jours"))</h2>
            \(StatusChart(status.days).markup(label))
            \(key)
            <details>
            <summary>\(summary)</summary>
            \(table(summary, heads, rows))
            </details>
            """
    }

    private var key: String {
        let entries = [
            ("up", say("accessible", "accessible")),
            ("down", say("not accessible", "non accessible")),
            ("unknown", say("not measured", "non mesuré")),
            ("kept", say("maintenance", "maintenance")),
        ]
        return "<ul class=\"key\">\n"
            + entries.map { name, text in
                "<li><svg viewBox=\"0 0 1 1\" aria-hidden=\"true\"><rect class=\"\(name)\" "
                    + "width=\"1\" height=\"1\"/></svg> \(text)</li>\n"
            }.joined() + "</ul>"
    }

    private var incidents: String {
        section("Incidents", status.incidents, say("None.", "Aucun.")) { incident in
            let title =
                words.title(of: incident).map { colon + "<bdi>\(Markup.escapedLine($0))</bdi>" }
                ?? ""
            let opened = say("opened ", "ouvert ") + time(incident.openedAt)
            let resolved = incident.resolvedAt.map { say(", resolved ", ", résolu ") + time($0) }
            return "<strong>\(incident.incident)</strong>\(title)<br>"
                + "\(words.severity(incident.severity)), \(words.state(incident))"
                + say("; ", " ; ") + opened + (resolved ?? "")
        }
    }

    private var maintenance: String {
        section(
            "Maintenance", status.maintenance, say("None is planned.", "Aucune n’est prévue.")
        ) { maintenance in
            let until = maintenance.ends.map { say(" until ", " jusqu’à ") + time($0) }
            return "<strong>\(words.kind(maintenance))</strong><br>" + time(maintenance.starts)
                + (until ?? say(", end not known yet", ", fin encore inconnue"))
                + written(maintenance.note)
        }
    }

    private var changes: String {
        section(
            say("Announced changes", "Modifications annoncées"), status.changes,
            say("None.", "Aucune.")
        ) { change in
            "<strong>\(words.change(degrades: change.degrades))</strong>, "
                + say("from ", "à partir de ") + time(change.takesEffectAt) + written(change.note)
        }
    }

    private var operations: String {
        guard let operations = status.operations else { return "" }
        return section(say("Operations", "Opérations"), operations, say("None.", "Aucune.")) {
            "<bdi>\(Markup.escapedLine($0.title))</bdi> <small>\($0.operation)</small>\(colon)"
                + words.operationState($0.state)
        } + "\n"
    }

    private var campaigns: String {
        guard let campaigns = status.campaigns else { return "" }
        return section(
            say("Declared campaigns", "Campagnes déclarées"), campaigns,
            say("None is expected.", "Aucune n’est attendue.")
        ) { wave in
            func local(_ text: String) -> String {
                Timestamp(rfc3339: text).map { time(StatusTime($0)) } ?? ""
            }
            return "<strong>\(wave.operation ?? "")</strong>, "
                + words.language.channel(wave.channel ?? "") + "<br>" + local(wave.starts)
                + say(" until ", " jusqu’à ") + local(wave.ends) + ", " + words.expected(wave)
        } + "\n"
    }

    /// The same for programs, where everybody may read it.
    private var links: String {
        guard status.client == nil else { return "" }
        let calendar = say(
            "Calendar of maintenance and changes", "Calendrier des maintenances et modifications")
        let path = "\(StatusForm.calendar.path)?language=\(words.language.rawValue)"
        return "<p><a href=\"\(StatusForm.json.path)\">JSON</a> · "
            + "<a href=\"\(path)\">\(calendar) (iCalendar)</a></p>\n"
    }

    // MARK: Markup

    private func section<Line>(
        _ title: String, _ lines: ServiceStatus.Lines<Line>, _ none: String,
        _ line: (Line) -> String
    ) -> String {
        var text = "<h2>\(title)</h2>\n"
        if lines.shown.isEmpty { return text + "<p>\(none)</p>" }
        text += "<ul>\n" + lines.shown.map { "<li>\(line($0))</li>\n" }.joined() + "</ul>"
        return lines.leftOff > 0 ? text + "\n<p>\(words.more(lines.leftOff))</p>" : text
    }

    /// A wide one can be scrolled, with the keyboard too.
    private func table(_ name: String, _ heads: [String], _ rows: [[String]]) -> String {
        let head = heads.map { "<th scope=\"col\">\($0)</th>" }.joined()
        let body = rows.map { cells in
            "<tr>" + cells.map { "<td>\(Markup.escapedLine($0))</td>" }.joined() + "</tr>\n"
        }
        return "<div class=\"wide\" role=\"region\" aria-label=\"\(name)\" "
            + "tabindex=\"0\">\n<table>\n<thead><tr>\(head)</tr></thead>\n<tbody>\n"
            + "\(body.joined())</tbody>\n</table></div>"
    }

    private func note(_ text: String) -> String { "\n<p><small>\(text)</small></p>" }

    private func written(_ note: String?) -> String {
        note.map { "<br><bdi>\(Markup.escapedLine($0))</bdi>" } ?? ""
    }

    private func time(_ time: StatusTime) -> String {
        "<time datetime=\"\(time.time.rfc3339)\">\(time.text(in: status.localTime))</time>"
    }
}
