internal import CLinux

/// Text of others on its way to a terminal. What people typed (notes, names, tags) may hold
/// characters that move the cursor, change the title or turn the direction of what follows.
package enum TerminalText {
    /// Whether a terminal takes the character for a command, or for a change of direction: control
    /// characters (C0, DEL, C1), line and paragraph separators, marks of direction.
    package static func steers(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        // Most of all text, quickly.
        case " "..."~": false
        case "\u{61C}", "\u{200E}", "\u{200F}", "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}":
            true
        default:
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: true
            default: false
            }
        }
    }

    /// The text with U+FFFD for each character that steers; line feeds and tabs stay.
    package static func lines(_ text: String) -> String {
        replacing(text) { $0 != "\n" && $0 != "\t" && steers($0) }
    }

    /// The same on one line: line feeds and tabs become U+FFFD too.
    package static func line(_ text: String) -> String {
        replacing(text, where: steers)
    }

    /// As much of one line as fits into so many columns, spaces in place of its tabs, which reach
    /// to the next eighth column. A character may take two columns (Chinese, Japanese, Korean,
    /// emoji), or none (accents that stand on the one before).
    package static func prefix(of line: some StringProtocol, columns: Int) -> String {
        var (fitting, column) = ("", 0)
        for character in line {
            let width = character == "\t" ? 8 - column % 8 : Self.columns(of: String(character))
            guard column + width <= columns else { break }
            column += width
            fitting += character == "\t" ? String(repeating: " ", count: width) : String(character)
        }
        return fitting
    }

    /// How many columns a text without tabs takes at most: a terminal that knows a sequence of
    /// emoji as one sign shows it in fewer.
    package static func columns(of text: some StringProtocol) -> Int {
        text.utf8.allSatisfy { $0 < 0x80 }
            ? text.utf8.count
            : text.unicodeScalars.reduce(0) { $0 + Int(linux_character_columns($1.value)) }
    }

    /// JSON with escapes for the characters that steer, which can only be in its strings; line
    /// feeds between its members stay.
    package static func json(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { $0 != "\n" && steers($0) }) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            if scalar != "\n", steers(scalar) {
                result += escape(scalar)
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// `\u` and four hexadecimal digits (RFC 8259, section 7), for a character that steers: all of
    /// them have four at most.
    package static func escape(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
    }

    private static func replacing(
        _ text: String, where isReplaced: (Unicode.Scalar) -> Bool
    ) -> String {
        guard text.unicodeScalars.contains(where: isReplaced) else { return text }
        return String(
            String.UnicodeScalarView(text.unicodeScalars.map { isReplaced($0) ? "\u{FFFD}" : $0 }))
    }
}
