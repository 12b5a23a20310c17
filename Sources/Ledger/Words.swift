/// How figures and notes stand in the sentences of records, as `portillon journal print` shows
/// them. Nothing here depends on a locale. Dossiers have sentences of their own (`Evidence/Words`).
enum Words {
    /// ` Note: …`, or nothing.
    static func note(_ note: String?) -> String { note.map { " Note: \($0)" } ?? "" }

    /// `50001` as `50,001`.
    static func grouped(_ number: some BinaryInteger) -> String {
        var text = ""
        for (offset, digit) in String(number).reversed().enumerated() {
            if offset > 0, offset % 3 == 0 { text = "," + text }
            text = String(digit) + text
        }
        return text
    }

    /// Permille as per cent with one decimal.
    static func perCent(_ permille: Int) -> String { "\(permille / 10).\(permille % 10)" }

    /// Microseconds as milliseconds with one decimal.
    static func milliseconds(_ microseconds: Int) -> String { perCent(microseconds / 100) }
}
