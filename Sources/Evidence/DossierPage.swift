internal import Ledger

extension Dossier {
    /// The dossier as a page to print: one file, no script, nothing from elsewhere.
    package var page: String {
        pageBeginning + items.map(Self.pageItem).joined() + pageEnd
    }

    /// What stands before the first item.
    var pageBeginning: String {
        var page = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <title>Evidence: \(escaped(operation))</title>
            <style>
            body { font: 11pt/1.45 Georgia, serif; max-width: 46rem; margin: 2rem auto; \
            padding: 0 1rem; color: #111; background: #fff; }
            h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
            table { border-collapse: collapse; width: 100%; }
            th, td { text-align: left; vertical-align: top; padding: .2rem .8rem .2rem 0; }
            ol { padding-left: 1.6rem; } li { margin: 0 0 .9rem; break-inside: avoid; }
            .place, .chain { font: 8.5pt/1.4 ui-monospace, monospace; color: #444; }
            .chain { overflow-wrap: anywhere; }
            </style>
            </head>
            <body>
            <h1>Evidence: \(escaped(title))</h1>
            <table>

            """
        page += row("Operation", operation) + row("Client", client) + row("State", state)
        page += row("Participants covered", "\(cover)")
        page += row("Cover crossed", crossedAt ?? "no")
        page += row("As of", "\(asOf.at), record \(asOf.sequence)")
        page += "</table>\n<h2>Declared</h2>\n"
        page += declarations.isEmpty ? "<p>Nothing was declared.</p>\n" : "<table>\n"
        for declared in declarations {
            page += row(
                declared.declaredAt,
                "\(declared.kind): \(declared.allows)"
                    + (declared.counts ? "" : " (late or withdrawn: does not count)"))
        }
        page += declarations.isEmpty ? "" : "</table>\n"
        return page + "<h2>What happened</h2>\n<ol>\n"
    }

    static func pageItem(_ item: Item) -> String {
        var page = "<li>\(escaped(item.text))<br><span class=\"place\">\(item.place.at) · record "
        page += "\(item.place.sequence) · by \(escaped(item.by.role.rawValue)) "
        page += "\(escaped(item.by.name))</span><br><span class=\"chain\">"
        return page + "\(item.place.chain)</span></li>\n"
    }

    /// What stands behind the last item.
    var pageEnd: String {
        """
        </ol>
        <p class="place">Each record stands in the journal under its number; the line of 64 \
        digits below it is the journal's chain value behind its batch (SHA-256 over everything \
        up to there). The same dossier as JSON is checked against the journal with: portillon \
        evidence verify FILE DIR</p>
        </body>
        </html>

        """
    }

    private func row(_ name: String, _ value: String) -> String {
        "<tr><th>\(escaped(name))</th><td>\(escaped(value))</td></tr>\n"
    }
}

/// Safe between tags.
private func escaped(_ text: String) -> String {
    var result = ""
    for character in text {
        switch character {
        case "&": result += "&amp;"
        case "<": result += "&lt;"
        case ">": result += "&gt;"
        case "\"": result += "&quot;"
        default: result.append(character)
        }
    }
    return result
}
