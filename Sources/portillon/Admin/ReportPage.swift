import Evidence
import Wire

/// What the pages of monthly reports have in common: one file to print, no script, nothing from
/// elsewhere.
struct ReportPage {
    let language: Language

    func say(_ english: String, _ french: String) -> String {
        language == .english ? english : french
    }

    /// The whole page.
    /// - Parameter blocks: HTML.
    func text(title: String, _ blocks: [String]) -> String {
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
        \(blocks.filter { !$0.isEmpty }.joined(separator: "\n"))
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
        td { font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
        tr { break-inside: avoid; }
        svg { width: 100%; height: auto; font: 9px Georgia, serif; }
        footer { margin-top: 2rem; font-size: 9pt; overflow-wrap: anywhere; }
        """

    /// A paragraph.
    func paragraph(_ text: String) -> String { "<p>\(Self.escaped(text))</p>" }

    /// A heading and a table; nothing without rows.
    /// - Parameter leftOff: older rows that the report does not show.
    func section(
        _ title: String, _ heads: [String], _ rows: [[String]], leftOff: Int = 0
    ) -> String {
        guard !rows.isEmpty else { return "" }
        let more =
            leftOff > 0
            ? paragraph(
                say("\(leftOff) older ones are not shown.", "\(leftOff) plus anciens omis."))
            : ""
        return "<h2>\(Self.escaped(title))</h2>\n" + Self.table(heads, rows) + more
    }

    static func table(_ heads: [String], _ rows: [[String]]) -> String {
        func row(_ cells: [String], _ tag: String) -> String {
            "<tr>" + cells.map { "<\(tag)>\(escaped($0))</\(tag)>" }.joined() + "</tr>\n"
        }
        return "<table>\n" + row(heads, "th") + rows.map { row($0, "td") }.joined() + "</table>"
    }

    /// What the report rests on, and how it is verified.
    func foot(of report: JSONValue) -> String {
        let asOf = report["as_of"]
        let sequence = asOf?["sequence"]?.text ?? ""
        let chain = asOf?["chain"]?.text ?? ""
        let until = asOf?["until"]?.text ?? ""
        let text = say(
            "Made from the journal up to record \(sequence), at \(until). Chain value: \(chain). "
                + "The same report as JSON is verified by: portillon evidence verify",
            "Établi d'après le journal jusqu'à l'enregistrement \(sequence), le \(until). "
                + "Valeur de chaîne : \(chain). Le même rapport en JSON se vérifie par : "
                + "portillon evidence verify")
        return "<footer>\(paragraph(text))</footer>"
    }

    static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
            .replacing(">", with: "&gt;").replacing("\"", with: "&quot;")
    }
}
