/// The dossier for a person to read.
extension Dossier {
    /// Appends the HTML page piece by piece.
    package func writePage(_ language: Language, to sink: (String) throws -> Void) throws {
        try sink(HTMLPage.begin(language.text(PagePhrase.title, ["title": title]), language))
        try DossierBlocks(self, language).write { try sink(HTMLPage.text($0)) }
        let facts = String(decoding: try factsJSON(), as: UTF8.self)
        try sink(HTMLPage.end(facts: facts, language))
    }

    /// The HTML page in one piece.
    package func page(_ language: Language = .english) throws -> String {
        var page = ""
        try writePage(language) { page += $0 }
        return page
    }

    /// Appends the dossier as plain text, piece by piece.
    package func writeText(_ language: Language, to sink: (String) throws -> Void) rethrows {
        let page = PlainPage(language)
        try DossierBlocks(self, language).write { try sink(page.text($0)) }
    }

    /// The facts in a page that ``writePage(_:to:)`` made, as JSON; `nil` for any other text.
    package static func facts(inPage page: String) -> String? { HTMLPage.facts(in: page) }

    /// The language of such a page.
    package static func language(ofPage page: String) -> Language? {
        HTMLPage.language(of: page)
    }
}
