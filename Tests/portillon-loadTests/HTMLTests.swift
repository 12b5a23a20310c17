import Testing

@testable import portillon_load

@Suite("Markup")
struct HTMLTests {
    @Test("text is text, whatever it holds")
    func text() {
        #expect(
            HTML(text: "<b> & \"it's\"").markup
                == "&lt;b&gt; &amp; &quot;it&#39;s&quot;")
    }

    @Test("an attribute cannot be left")
    func attributes() {
        let html = HTML("a", ["title": "\" onclick='x' \"", "class": nil]) { "<i>" }
        #expect(
            html.markup
                == "<a title=\"&quot; onclick=&#39;x&#39; &quot;\">&lt;i&gt;</a>")
    }

    @Test("what XML forbids, steers a terminal or turns the words around it is replaced")
    func unprintable() {
        let text = "a\u{0}b\u{1B}[31mc\u{202E}d\u{FFFF}e\u{85}f"
        #expect(HTML(text: text).markup == "a�b�[31mc�d�e�f")
        #expect(HTML(text: "Été 夏 👩‍👩‍👧\n\t.").markup == "Été 夏 👩‍👩‍👧\n\t.")
        #expect("a\nb\tc".printableLine == "a b c")
    }

    @Test("an element without content ends as HTML wants it")
    func empty() {
        #expect(HTML("meta", ["charset": "utf-8"]).markup == "<meta charset=\"utf-8\"/>\n")
        #expect(HTML("b").markup == "<b></b>")
    }

    @Test("pieces, conditions and loops join in order")
    func builder() {
        func list(_ isLong: Bool) -> HTML {
            HTML("b") {
                "0"
                if isLong { "1" }
                for number in 2...3 { HTML("i") { "\(number)" } }
                if isLong { "4" } else { "5" }
            }
        }
        #expect(list(true).markup == "<b>01<i>2</i><i>3</i>4</b>")
        #expect(list(false).markup == "<b>0<i>2</i><i>3</i>5</b>")
    }
}
