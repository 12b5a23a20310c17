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
}
