import Bytes
import Evidence
import Wire

/// A consumption statement as a page to print.
struct StatementPage {
    private let answer: JSONValue
    private let page: ReportPage

    /// - Parameter answer: of `GET /v1/statement`.
    init(_ answer: JSONValue, _ language: Language) {
        self.answer = answer
        page = ReportPage(language: language)
    }

    var text: String {
        let isOfAll = answer["client"] == nil
        let clientHead = isOfAll ? ["client"] : []
        func cells(_ row: JSONValue) -> [String] { isOfAll ? [row["client"]?.text ?? ""] : [] }
        let operations = answer["operations"]?.elements ?? []
        let used = operations.map { row in
            cells(row) + [row["operation"]?.text ?? "", row["title"]?.text ?? ""]
                + StatementText.counts.map { page.number(row[$0.name]) }
        }
        let sums =
            (isOfAll ? ["", "", ""] : ["", ""])
            + StatementText.counts.map { page.number(answer["total"]?[$0.name]) }
        let answers = operations.map { row in
            cells(row) + [row["operation"]?.text ?? ""]
                + StatementText.answers.map { page.number(row["answers"]?[$0.name]) }
        }
        let answerSums =
            (isOfAll ? ["", ""] : [""])
            + StatementText.answers.map { page.number(answer["total"]?["answers"]?[$0.name]) }
        return page.text(
            title: title,
            [
                page.paragraph(summary),
                page.section(
                    say("Entries by operation", "Participations par opération"),
                    clientHead + [say("operation", "opération"), say("title", "intitulé")]
                        + StatementText.counts.map { say($0.english, $0.french) },
                    used + [sums], leftOff: 0),
                leftOff, plot(operations),
                page.section(
                    say("Not accepted, by answer", "Non acceptées, par réponse"),
                    clientHead + [say("operation", "opération")]
                        + StatementText.answers.map { say($0.english, $0.french) },
                    answers + [answerSums]),
                page.paragraph(
                    say(
                        "Last row: the sums. A load test's entries are in none of these figures.",
                        "Dernière ligne : totaux. Les tests de charge n'y figurent pas.")),
                page.foot(of: answer),
            ])
    }

    private func say(_ english: String, _ french: String) -> String { page.say(english, french) }

    private var title: String {
        let whose =
            answer["client"]?.string.map { "client \($0)" } ?? say("all clients", "tous clients")
        return say("Consumption, ", "Consommation, ") + (answer["month"]?.text ?? "") + ", "
            + whose
    }

    private var summary: String {
        let zone = answer["time_zone"]?.text ?? ""
        return
            (answer["complete"]?.bool == true
            ? say("The month is complete.", "Le mois est complet.")
            : say("The month is not over: its counts so far.", "Le mois n'est pas terminé."))
            + " "
            + page.say(
                "The month is that of {zone}.", "Le mois est celui de {zone}.", ["zone": zone])
    }

    private var leftOff: String {
        guard let more = answer["operations_left_off"]?.integer, more > 0 else { return "" }
        return page.paragraph(
            page.language.counted(
                more,
                (
                    "further operation is in the sums, and not shown.",
                    "further operations are in the sums, and not shown."
                ),
                (
                    "autre opération figure dans les totaux seulement.",
                    "autres opérations figurent dans les totaux seulement."
                )))
    }

    /// A bar of accepted entries for each of the operations with the most.
    private func plot(_ operations: [JSONValue]) -> String {
        let rows = operations.map { ($0["operation"]?.text ?? "", $0["entries"]?.integer ?? 0) }
            .filter { $0.1 > 0 }
            .sorted { ($0.1, $1.0) > ($1.1, $0.0) }
            .prefix(Self.maximumBars)
        guard let highest = rows.first?.1 else { return "" }
        var bars = ""
        for (index, (name, entries)) in rows.enumerated() {
            let top = 4 + index * 16
            // As fractions: a product of two counts could be too large.
            let width = Int(Double(entries) / Double(highest) * 380)
            bars += """
                <text x="134" y="\(top + 9)" text-anchor="end">\
                \(Markup.escaped(String(name.prefix(24))))</text>
                <rect x="140" y="\(top)" width="\(width)" height="11"/>
                <text x="\(146 + width)" y="\(top + 9)">\(page.language.number(entries))</text>

                """
        }
        let key = Markup.escaped(say("Accepted entries.", "Participations acceptées."))
        return """
            <svg viewBox="0 0 590 \(rows.count * 16 + 8)" role="img" aria-label="\(key)">
            \(bars)</svg>
            <p>\(key)</p>
            """
    }

    private static var maximumBars: Int { 20 }
}
