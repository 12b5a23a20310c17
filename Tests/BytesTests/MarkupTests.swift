import Testing

@testable import Bytes

@Suite("Text in HTML")
struct MarkupTests {
    @Test("what means something in HTML is escaped, and nothing else")
    func escaping() {
        #expect(
            Markup.escaped("<a b=\"c\" d='e'>&") == "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;")
        #expect(Markup.escaped("Été\n\t\u{0}") == "Été\n\t\u{0}")
    }

    @Test("a mark that combines with what stands before it hides nothing")
    func combining() {
        let escaped = Markup.escaped("<\u{301}a\"\u{338}&\u{301}'\u{301}>")
        #expect(escaped == "&lt;\u{301}a&quot;\u{338}&amp;\u{301}&#39;\u{301}&gt;")
    }

    @Test("a line has a space for each control character")
    func line() {
        #expect(Markup.escapedLine("a\u{0}b\n'\u{85}c\r\n") == "a b &#39; c  ")
    }

    @Test(
        "what was escaped comes back",
        arguments: ["", "<&>\"'", "&amp;", "&amp;amp;lt;", "<\u{301}&\u{301}", "a & b\n\u{0}"])
    func back(_ text: String) {
        #expect(Array(Markup.unescaped(Markup.escaped(text)[...]).utf8) == Array(text.utf8))
    }

    @Test("other references stay as they are")
    func others() {
        #expect(Markup.unescaped("&copy; & &lt") == "&copy; & &lt")
    }
}
