internal import Bytes

/// The dossier for a person to read.
extension Dossier {
    /// The HTML page, section after section.
    func pageSections(_ language: Language) -> [DossierSection<String>] {
        let title = language.text(PagePhrase.title, ["title": title])
        return [DossierSection { HTMLPage.begin(title, language) }]
            + DossierBlocks(self, language).sections.map { $0.map { HTMLPage.text($0) } }
            + [DossierSection { HTMLPage.beginFacts(language) }]
            + factsSections.map { $0.map { Markup.escaped($0) } }
            + [DossierSection { HTMLPage.end }]
    }

    /// The dossier as plain text, section after section.
    func textSections(_ language: Language) -> [DossierSection<String>] {
        let page = PlainPage(language)
        return DossierBlocks(self, language).sections.map { $0.map { page.text($0) } }
    }

    /// The HTML page in one piece.
    package func page(_ language: Language = .english) throws -> String {
        let bytes = try DossierPieces(pageSections(language)).joined()
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The facts in a page that ``page(_:)`` made, as JSON; `nil` for any other text.
    package static func facts(inPage page: String) -> String? { HTMLPage.facts(in: page) }

    /// What stands before the facts in a page, and nowhere else: monthly reports have the same.
    package static var pageFactsBegin: String { HTMLPage.factsBegin }
    package static var pageFactsEnd: String { HTMLPage.factsEnd }

    /// The language of such a page.
    package static func language(ofPage page: String) -> Language? {
        HTMLPage.language(of: page)
    }
}
