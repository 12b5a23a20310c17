/// One text in each language, side by side. `{name}` stands for a value.
struct Wording: Sendable {
    let english: String
    let french: String

    /// - Parameter french: with ordinary spaces and apostrophes; they become those of French
    ///   typography.
    init(_ english: String, _ french: String) {
        self.english = english
        self.french = Self.typeset(french)
    }

    subscript(language: Language) -> String {
        switch language {
        case .english: english
        case .french: french
        }
    }

    /// The text with its values. What a value holds is not looked at again.
    func filled(_ language: Language, _ values: [String: String]) -> String {
        var text = ""
        var rest = self[language][...]
        while let start = rest.firstIndex(of: "{"),
            let end = rest[start...].firstIndex(of: "}")
        {
            let name = String(rest[rest.index(after: start)..<end])
            text += rest[..<start]
            text += values[name] ?? "{\(name)}"
            rest = rest[rest.index(after: end)...]
        }
        return text + rest
    }

    /// Narrow no-break spaces inside guillemets and before high marks, a no-break space before a
    /// colon, typographic apostrophes.
    private static func typeset(_ text: String) -> String {
        let narrow = "\u{202F}"
        var typeset = text.replacing("'", with: "’")
        for (plain, right) in [
            ("« ", "«\(narrow)"), (" 000", "\(narrow)000"), (" »", "\(narrow)»"),
            (" ;", "\(narrow);"), (" !", "\(narrow)!"),
            (" ?", "\(narrow)?"), (" %", "\(narrow)%"), (" :", "\u{A0}:"),
        ] {
            typeset = typeset.replacing(plain, with: right)
        }
        return typeset
    }
}

/// Texts of one kind, each with a wording in every language.
protocol Phrase: CaseIterable, Sendable {
    var wording: Wording { get }
}

extension Language {
    /// The phrase in this language, with its values.
    func text(_ phrase: some Phrase, _ values: [String: String] = [:]) -> String {
        phrase.wording.filled(self, values)
    }
}
