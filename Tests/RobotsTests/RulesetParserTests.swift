import Testing

@testable import Robots

@Suite("The file's JSON is read from its first byte to its last")
struct RulesetParserTests {
    private func parse(_ text: String) throws(RulesetError) -> RulesetValue {
        try RulesetParser.parse(Array(text.utf8))
    }

    @Test(
        "a string's escapes",
        arguments: [
            (#""a\"\\\/\b\f\n\r\t""#, "a\"\\/\u{8}\u{C}\n\r\t"), (#""\u00e9""#, "é"),
            (#""\uD83D\uDE00""#, "😀"), (#""é😀""#, "é😀"), (#""\u0000""#, "\0"),
        ])
    func strings(_ text: String, _ expected: String) throws {
        #expect(try parse(text).string("") == expected)
    }

    @Test(
        "numbers",
        arguments: [("0", 0.0), ("-0.5", -0.5), ("1e2", 100), ("12.25E-1", 1.225), (" 7\n", 7)])
    func numbers(_ text: String, _ expected: Double) throws {
        guard case .number(let number) = try parse(text) else {
            Issue.record("\(text) is a number")
            return
        }
        #expect(number == expected)
    }

    @Test(
        "what is not JSON",
        arguments: [
            "", " ", "nul", "truex", "01", "1.", ".5", "+1", "1e", "-", "\"", "\"a", "\"\\x\"",
            "\"\\uD800\"", "\"\\uD800\\u0041\"", "\"\\uDC00\"", "\"\\u12\"", "\"\n\"", "[1,]",
            "[1 2]", "[,]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "{'a':1}", "1 1", "//",
            "1e999", "\u{FEFF}1",
        ])
    func wrong(_ text: String) {
        #expect(throws: RulesetError.self) { try parse(text) }
    }

    @Test("bytes that are no UTF-8 are no string")
    func encoding() {
        for bytes in [[0x22, 0xFF, 0x22], [0x22, 0xC3, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22]] {
            #expect(throws: RulesetError.self) { try RulesetParser.parse(bytes.map(UInt8.init)) }
        }
    }

    @Test("an error names line and byte; a key that is there twice its place")
    func places() {
        let error = #expect(throws: RulesetError.self) { try parse("{\"a\": 1,\n \"b\": x}") }
        #expect(error?.detail.hasPrefix("Not JSON at line 2, byte 7:") == true)
        let twice = #expect(throws: RulesetError.self) {
            try parse(#"{"a": [0, {"b": 1, "b": 2}]}"#)
        }
        #expect(twice?.pointer == "/a/1/b")
    }

    @Test("32 levels are read, 33 are not")
    func depth() throws {
        func nested(_ levels: Int) -> String {
            String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
        }
        _ = try parse(nested(32))
        #expect(throws: RulesetError.self) { try parse(nested(33)) }
        #expect(throws: RulesetError.self) { try parse(String(repeating: "[", count: 100_000)) }
    }
}
