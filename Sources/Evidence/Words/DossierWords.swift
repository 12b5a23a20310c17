/// What this version says of a dossier's facts in one language. No part of the proof: words change
/// from version to version and from language to language, the facts do not.
struct DossierWords: Encodable, Sendable {
    let language: Language
    let summary: [SummaryWords.Line]
    let glossary: [Term]
    private let words: ItemWords

    struct Item: Encodable, Sendable {
        /// The record's number.
        let record: UInt64
        let text: String
        /// The figures, each beside its limit.
        let figures: [String]
    }

    struct Term: Encodable, Sendable {
        let term: String
        let meaning: String
    }

    init(_ dossier: Dossier, _ language: Language) {
        self.language = language
        summary = SummaryWords(dossier, language).lines
        glossary = Term.all(language)
        words = ItemWords(language: language, zone: dossier.zone)
    }

    /// What is said of one record. Apart from the rest: there may be many.
    func item(_ item: DossierItem) -> Item {
        Item(
            record: item.place.sequence, text: words.sentence(item),
            figures: item.findings.map { words.sentence($0) })
    }

    private enum CodingKeys: String, CodingKey {
        case language, summary, glossary
    }
}

extension DossierWords.Term {
    static func all(_ language: Language) -> [DossierWords.Term] {
        GlossaryTerm.allCases.map {
            DossierWords.Term(term: $0.term[language], meaning: $0.meaning[language])
        }
    }
}
