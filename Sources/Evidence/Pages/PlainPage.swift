/// Dossiers as plain text, for terminals and mails.
struct PlainPage {
    private let colon: String
    private let semicolon: String

    init(_ language: Language) {
        colon = language.colonSpace + ":"
        semicolon = language.semicolonSpace + ";"
    }

    func text(_ block: DossierBlock) -> String {
        switch block {
        case .title(let text): text + "\n" + String(repeating: "=", count: text.count) + "\n"
        case .heading(let text):
            "\n" + text + "\n" + String(repeating: "-", count: text.count) + "\n"
        case .paragraph(let text): text + "\n"
        case .pairs(let pairs): pairs.map { "\($0.name)\(colon) \($0.value)\n" }.joined()
        case .lines(let lines):
            lines.map { ($0.label.map { "\($0)\(colon)\n  " } ?? "") + $0.text + "\n" }.joined()
        case .table(let columns, let rows): rows.map { row($0, columns) + "\n" }.joined()
        case .item(let item):
            "\n" + item.text + "\n"
                + item.figures.map { "  - \(row($0, item.columns))\n" }.joined()
                + "  \(item.place)\n  \(item.chain)\n"
        case .terms(let terms): terms.map { "\($0.term)\(colon) \($0.meaning)\n" }.joined()
        case .commands(let commands): commands.map { "  \($0)\n" }.joined()
        }
    }

    /// `mean wait; Limit in force: 250 ms`: the first column's name says nothing new.
    private func row(_ values: [String], _ columns: [String]) -> String {
        let named = zip(columns, values).dropFirst().filter { !$0.1.isEmpty }
            .map { "\($0.0)\(colon) \($0.1)" }
        return ([values.first ?? ""] + named).joined(separator: "\(semicolon) ")
    }
}
