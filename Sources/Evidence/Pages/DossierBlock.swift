/// A part of a rendered dossier, before it is HTML or plain text.
enum DossierBlock: Sendable {
    case title(String)
    case heading(String)
    case paragraph(String)
    /// Names and values.
    case pairs([(name: String, value: String)])
    /// Paragraphs with labels.
    case lines([SummaryWords.Line])
    case table(columns: [String], rows: [[String]])
    case item(Item)
    case terms([DossierWords.Term])
    /// Command lines.
    case commands([String])

    /// One record.
    struct Item: Sendable {
        let text: String
        let place: String
        let chain: String
        let columns: [String]
        let figures: [[String]]
    }
}
