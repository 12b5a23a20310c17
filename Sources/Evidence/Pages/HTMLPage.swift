internal import Bytes

/// Dossiers as HTML: one file, no script, nothing from elsewhere; printable. The facts are in it as
/// JSON, so that the page itself can be verified.
enum HTMLPage {
    private static let style = """
        body { font: 11pt/1.45 Georgia, serif; max-width: 46rem; margin: 2rem auto; \
        padding: 0 1rem; color: #111; background: #fff; }
        h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2rem; break-after: avoid; }
        table { border-collapse: collapse; width: 100%; margin: .4rem 0; }
        th, td { text-align: left; vertical-align: top; padding: .2rem .8rem .2rem 0; }
        .figures, .grid { font-size: 9pt; }
        .figures td, .figures th, .grid td, .grid th { border-top: 1px solid #ccc; }
        .item { margin: 0 0 1.2rem; break-inside: avoid; } .item p { margin: 0; }
        .place, .chain, pre { font: 8.5pt/1.4 ui-monospace, monospace; color: #444; }
        .chain, td { overflow-wrap: anywhere; } pre { white-space: pre-wrap; }
        """

    static func begin(_ title: String, _ language: Language) -> String {
        """
        <!DOCTYPE html>
        <html lang="\(language.rawValue)">
        <head>
        <meta charset="utf-8">
        <title>\(Markup.escaped(title))</title>
        <style>
        \(style)
        </style>
        </head>
        <body>

        """
    }

    /// What stands before the facts in a page, and nowhere else.
    static let factsBegin = "<pre id=\"facts\">"
    static let factsEnd = "</pre>"

    /// What stands before the facts, which are escaped (``Markup``).
    static func beginFacts(_ language: Language) -> String {
        let summary = Markup.escaped(language.text(PagePhrase.facts))
        return "<details>\n<summary>\(summary)</summary>\n\(factsBegin)"
    }

    /// What stands behind the facts.
    static var end: String {
        """
        \(factsEnd)
        </details>
        </body>
        </html>

        """
    }

    static func text(_ block: DossierBlock) -> String {
        switch block {
        case .title(let text): "<h1>\(Markup.escaped(text))</h1>\n"
        case .heading(let text): "<h2>\(Markup.escaped(text))</h2>\n"
        case .paragraph(let text): "<p>\(Markup.escaped(text))</p>\n"
        case .pairs(let pairs):
            "<table>\n"
                + pairs.map {
                    "<tr><th>\(Markup.escaped($0.name))</th>"
                        + "<td>\(Markup.escaped($0.value))</td></tr>\n"
                }.joined() + "</table>\n"
        case .lines(let lines): lines.map { line($0) }.joined()
        case .table(let columns, let rows): table(columns, rows, "grid")
        case .item(let item): self.item(item)
        case .terms(let terms):
            "<dl>\n"
                + terms.map {
                    "<dt>\(Markup.escaped($0.term))</dt><dd>\(Markup.escaped($0.meaning))</dd>\n"
                }
                .joined() + "</dl>\n"
        case .commands(let commands):
            "<pre>\(Markup.escaped(commands.joined(separator: "\n")))</pre>\n"
        }
    }

    private static func line(_ line: SummaryWords.Line) -> String {
        let label = line.label.map { "<b>\(Markup.escaped($0))</b><br>" } ?? ""
        return "<p>\(label)\(Markup.escaped(line.text))</p>\n"
    }

    private static func table(
        _ columns: [String], _ rows: [[String]], _ style: StaticString
    ) -> String {
        let head = columns.map { "<th>\(Markup.escaped($0))</th>" }.joined()
        let body = rows.map { row in
            "<tr>" + row.map { "<td>\(Markup.escaped($0))</td>" }.joined() + "</tr>\n"
        }
        return "<table class=\"\(style)\">\n<tr>\(head)</tr>\n\(body.joined())</table>\n"
    }

    private static func item(_ item: DossierBlock.Item) -> String {
        let figures = item.figures.isEmpty ? "" : table(item.columns, item.figures, "figures")
        return "<div class=\"item\"><p>\(Markup.escaped(item.text))</p>\n\(figures)"
            + "<p class=\"place\">\(Markup.escaped(item.place))</p>\n"
            + "<p class=\"chain\">\(item.chain)</p></div>\n"
    }

    /// The facts in a page, as JSON; `nil` for a text that is no such page.
    static func facts(in page: String) -> String? {
        let begins = page.ranges(of: factsBegin)
        guard begins.count == 1, let begin = begins.first,
            let end = page[begin.upperBound...].firstRange(of: factsEnd)
        else { return nil }
        return Markup.unescaped(page[begin.upperBound..<end.lowerBound])
    }

    /// The language that a page says it is in; `nil` if it is none of ours.
    static func language(of page: String) -> Language? {
        Language.allCases.first { page.contains("<html lang=\"\($0.rawValue)\">") }
    }
}
