import CommandIO
import Testing

@Suite("What people typed does not steer a terminal")
struct TerminalTextTests {
    private static let steering: [Unicode.Scalar] = [
        "\0", "\u{7}", "\u{8}", "\r", "\u{1B}", "\u{7F}", "\u{80}", "\u{9B}", "\u{9F}", "\u{61C}",
        "\u{200E}", "\u{2028}", "\u{2029}", "\u{202E}", "\u{2066}", "\u{2069}",
    ]

    @Test("each character that steers is replaced, or escaped in JSON", arguments: steering)
    func steers(scalar: Unicode.Scalar) {
        let text = "a\(Character(scalar))b"
        #expect(TerminalText.line(text) == "a\u{FFFD}b")
        #expect(TerminalText.lines(text) == "a\u{FFFD}b")
        let escaped = TerminalText.json("\"\(text)\"")
        #expect(escaped.hasPrefix("\"a\\u"))
        #expect(escaped.utf8.count == 10)
    }

    @Test("letters, signs and emoji stay; lines and tabs stay between lines only")
    func plain() {
        let text = "Été 2026: 50 % 👩‍👩‍👧 é\u{301} \u{A0}"
        #expect(TerminalText.line(text) == text)
        #expect(TerminalText.lines("a\n\tb") == "a\n\tb")
        #expect(TerminalText.line("a\n\tb") == "a\u{FFFD}\u{FFFD}b")
        #expect(TerminalText.json("{\n  \"a\" : 1\n}") == "{\n  \"a\" : 1\n}")
    }

    @Test(
        "a line is cut by columns: wide characters take two, accents none, a tab the rest of eight",
        arguments: [
            ("plain", 5, "plain"), ("plain", 4, "plai"), ("été", 2, "ét"), ("", 4, ""),
            ("e\u{301}te\u{301}", 2, "e\u{301}t"), ("中文字", 4, "中文"), ("中文字", 5, "中文"),
            ("a😀b", 3, "a😀"), ("a😀b", 2, "a"), ("☀\u{FE0F}a", 2, "☀\u{FE0F}"),
            ("👨‍👩‍👧a", 6, "👨‍👩‍👧"), ("a\tb", 9, "a       b"), ("a\tb", 8, "a       "),
            ("a\tb", 7, "a"), ("中\tb", 9, "中      b"), ("中", 0, ""),
        ])
    func columns(line: String, columns: Int, expected: String) {
        let fitting = TerminalText.prefix(of: line, columns: columns)
        #expect(fitting == expected)
        #expect(TerminalText.columns(of: fitting) <= columns)
    }
}
