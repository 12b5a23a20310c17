import Bytes
import Evidence
import Wire

/// What the pages of monthly reports have in common: one file to print, no script, nothing from
/// elsewhere.
struct ReportPage {
    let language: Language

    func say(
        _ english: String, _ french: String, _ values: [String: String] = [:]
    ) -> String {
        language.say(english, french, values)
    }

    /// The whole page.
    /// - Parameter blocks: HTML.
    func text(title: String, _ blocks: [String]) -> String {
        """
        <!DOCTYPE html>
        <html lang="\(language.rawValue)">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(Markup.escaped(title))</title>
        <style>
        \(Self.style)
        </style>
        </head>
        <body>
        <main>
        <h1>\(Markup.escaped(title))</h1>
        \(blocks.filter { !$0.isEmpty }.joined(separator: "\n"))
        </main>
        </body>
        </html>

        """
    }

    private static let style = """
        :root { color-scheme: light dark; --text: #111; --back: #fff; --line: #ccc; }
        @media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --back: #0d1117; \
        --line: #3d444d; } }
        @media print { :root { color-scheme: light; --text: #111; --back: #fff; --line: #ccc; } }
        body { font: 11pt/1.45 Georgia, serif; max-width: 46rem; margin: 2rem auto; \
        padding: 0 1rem; color: var(--text); background: var(--back); }
        h1, h2, p { overflow-wrap: anywhere; }
        h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2rem; break-after: avoid; }
        table { border-collapse: collapse; width: 100%; font-size: 9.5pt; }
        th, td { text-align: left; vertical-align: top; padding: .2rem .6rem; \
        border-top: 1px solid var(--line); }
        .n { text-align: right; font-variant-numeric: tabular-nums; }
        td.n { white-space: nowrap; }
        th:first-child, td:first-child { text-align: left; }
        .wide { overflow-x: auto; }
        @media print { .wide { overflow: visible; } table { font-size: 8pt; } \
        th, td { padding: .15rem .3rem; overflow-wrap: break-word; } }
        tr { break-inside: avoid; }
        svg { width: 100%; height: auto; font: 9px Georgia, serif; fill: currentColor; }
        pre { font: 8.5pt/1.4 ui-monospace, monospace; white-space: pre-wrap; \
        overflow-wrap: anywhere; }
        footer { margin-top: 2rem; font-size: 9pt; overflow-wrap: anywhere; }
        """

    /// A paragraph.
    func paragraph(_ text: String) -> String { "<p>\(Markup.escaped(text))</p>" }

    /// A heading and a table; nothing without rows.
    /// - Parameter leftOff: older rows that the report does not show.
    func section(
        _ title: String, _ heads: [String], _ rows: [[String]], leftOff: Int = 0
    ) -> String {
        guard !rows.isEmpty else { return "" }
        let more =
            leftOff > 0
            ? paragraph(
                language.counted(
                    leftOff, ("older one is not shown.", "older ones are not shown."),
                    ("plus ancien omis.", "plus anciens omis.")))
            : ""
        return "<h2>\(Markup.escaped(title))</h2>\n" + table(title, heads, rows) + more
    }

    /// On a narrow screen a wide one can be scrolled, with the keyboard too.
    /// - Parameter name: for readers who cannot see it.
    func table(_ name: String, _ heads: [String], _ rows: [[String]]) -> String {
        // Numbers and times stand to the right, one below the other.
        let isText = heads.indices.map { column in
            rows.contains { $0[column].contains(where: \.isLetter) }
        }
        func row(_ cells: [String], _ tag: String) -> String {
            let marked = zip(cells, isText).map { cell, isText in
                "<\(tag)\(isText ? "" : " class=\"n\"")>\(Markup.escaped(cell))</\(tag.prefix(2))>"
            }
            return "<tr>" + marked.joined() + "</tr>"
        }
        let head = row(heads, "th scope=\"col\"")
        let body = rows.map { row($0, "td") + "\n" }
        return "<div class=\"wide\" role=\"region\" aria-label=\"\(Markup.escaped(name))\" "
            + "tabindex=\"0\">\n<table>\n<thead>\(head)</thead>\n<tbody>\n"
            + "\(body.joined())</tbody>\n</table></div>"
    }

    /// A moment without what tables have in their heads: `2026-11-05 10:02:00`.
    static func time(_ value: JSONValue?) -> String {
        String((value?.text ?? "").prefix(19)).replacing("T", with: " ")
    }

    /// A count in groups of digits; empty where there is none.
    func number(_ value: JSONValue?) -> String {
        value?.integer.map { language.number($0) } ?? ""
    }

    /// What the report rests on, and how it is verified.
    func foot(of report: JSONValue) -> String {
        let asOf = report["as_of"]
        let sequence = asOf?["sequence"]?.text ?? ""
        let chain = asOf?["chain"]?.text ?? ""
        let until = asOf?["until"]?.text ?? ""
        let text = say(
            "Made from the journal up to record {sequence}, at {until}. Chain value: {chain}. "
                + "This page, as the same report as JSON, is verified by: "
                + "portillon evidence verify",
            "Établi d'après le journal jusqu'à l'enregistrement {sequence}, le {until}. "
                + "Valeur de chaîne : {chain}. Cette page, comme le même rapport en JSON, "
                + "se vérifie par : portillon evidence verify",
            ["sequence": sequence, "until": until, "chain": chain])
        return "<footer>\(paragraph(text))</footer>\n" + facts(of: report)
    }

    /// The report as JSON, as text that nobody carries out: by it the page is verified.
    private func facts(of report: JSONValue) -> String {
        let title = say("The figures as JSON", "Les chiffres en JSON")
        let json = Markup.escaped(String(decoding: report.bytes, as: UTF8.self))
        return "<details>\n<summary>\(Markup.escaped(title))</summary>\n"
            + "\(Dossier.pageFactsBegin)\(json)\(Dossier.pageFactsEnd)\n</details>"
    }
}
