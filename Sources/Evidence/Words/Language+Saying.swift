/// What pages beside the dossier say: one place for the punctuation and the plurals of a language.
extension Language {
    /// A text in this language, with its values. French is written with ordinary spaces and
    /// apostrophes; they become those of French typography. What a value holds stays as it is.
    package func say(
        _ english: String, _ french: String, _ values: [String: String] = [:]
    ) -> String {
        Wording(english, french).filled(self, values)
    }

    /// A count with its noun: `1 day`, `2 days`; in French less than two is one.
    package func counted(
        _ count: Int, _ english: (one: String, more: String), _ french: (one: String, more: String)
    ) -> String {
        let isOne = isSingular(count)
        let wording = Wording(
            isOne ? english.one : english.more, isOne ? french.one : french.more)
        return number(count) + " " + wording[self]
    }

    /// A number that has decimals, of the text with a point.
    package func decimal(_ text: String) -> String {
        text.replacing(".", with: decimalSeparator)
    }

    /// What stands between a name and what is said of it.
    package var colon: String { colonSpace + ": " }

    /// The name of a channel that campaigns use, as records have it.
    package func channel(_ name: String) -> String { term(name) }
}
