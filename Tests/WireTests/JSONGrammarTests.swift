import Testing

@testable import Wire

/// What is JSON and what is not, by small cases.
@Suite struct JSONGrammarTests {
    static let good = [
        "0", "-0", "1", "-1", "10", "0.0", "0.5e1", "1E5", "1e+5", "1e-5", "1.0E-99999",
        "123456789012345678901234567890123456789012345678901234567890", "-0.0e-0",
        "true", "false", "null", "\"\"", "[]", "{}", " [ ] ", "\t\r\n{ }\n", "[[],{}]",
        "[1,2 , 3]", "{\"a\":1}", "{ \"a\" : 1 , \"b\" : [ ] }", "{\"\":0}", "{\"a\":{\"a\":1}}",
        "[{\"a\":1},{\"a\":1}]", "{\"a\":1,\"A\":2}", "{\"a\":1,\"a \":2}",
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\u0000\"", "\"\\u00e9\\u00E9\"", "\"\\uD83D\\uDE00\"",
        "\"\\uFFFF\"", "\"\u{7F}\"", "\"é€😀\"", "\"\u{2028}\"", "\"\u{FEFF}\"", "\"\u{10FFFF}\"",
        "\"plain text that is longer than eight bytes, several times\"",
    ]

    static let bad: [(String, JSONError.Kind)] = [
        ("", .unexpectedEnd), (" ", .unexpectedEnd), ("[", .unexpectedEnd), ("{", .unexpectedEnd),
        ("[1", .unexpectedEnd), ("[1,", .unexpectedEnd), ("{\"a\"", .unexpectedEnd),
        ("{\"a\":", .unexpectedEnd), ("{\"a\":1", .unexpectedEnd), ("{\"a\":1,", .unexpectedEnd),
        ("\"", .unexpectedEnd), ("\"a", .unexpectedEnd), ("\"\\", .unexpectedEnd),
        ("\"\\\"", .unexpectedEnd), ("\"\\u", .unexpectedEnd), ("\"\\u123", .unexpectedEnd),
        ("\"\\uD800", .unexpectedEnd), ("\"\\uD800\\", .unexpectedEnd), ("-", .unexpectedEnd),
        ("1.", .unexpectedEnd), ("1e", .unexpectedEnd), ("1e+", .unexpectedEnd),
        ("tru", .unexpectedEnd), ("nul", .unexpectedEnd), ("t", .unexpectedEnd),
        ("]", .unexpectedByte), ("}", .unexpectedByte), (",", .unexpectedByte),
        ("[,]", .unexpectedByte), ("[1,]", .unexpectedByte), ("[1,,2]", .unexpectedByte),
        ("[1 2]", .unexpectedByte), ("[1}", .unexpectedByte), ("{\"a\":1]", .unexpectedByte),
        ("{\"a\":1,}", .unexpectedByte), ("{,}", .unexpectedByte), ("{\"a\",1}", .unexpectedByte),
        ("{\"a\"}", .unexpectedByte), ("{\"a\":}", .unexpectedByte), ("{a:1}", .unexpectedByte),
        ("{1:1}", .unexpectedByte), ("{'a':1}", .unexpectedByte), ("'a'", .unexpectedByte),
        ("{\"a\":1 \"b\":2}", .unexpectedByte), ("{\"a\"::1}", .unexpectedByte),
        ("True", .unexpectedByte), ("trux", .unexpectedByte), ("NaN", .unexpectedByte),
        ("Infinity", .unexpectedByte), ("+1", .unexpectedByte), (".5", .unexpectedByte),
        ("// a\n1", .unexpectedByte), ("/**/1", .unexpectedByte), ("\u{0C}1", .unexpectedByte),
        ("\u{0B}1", .unexpectedByte), ("\u{A0}1", .unexpectedByte), ("\0", .unexpectedByte),
        ("[\0]", .unexpectedByte), ("-x", .invalidNumber), ("--1", .invalidNumber),
        ("01", .invalidNumber), ("-01", .invalidNumber), ("00", .invalidNumber),
        ("1.e5", .invalidNumber), ("1.x", .invalidNumber), ("1ex", .invalidNumber),
        ("-.5", .invalidNumber), ("-Infinity", .invalidNumber), ("1e5.5", .trailingContent),
        ("0x1", .trailingContent), ("1 2", .trailingContent), ("[] []", .trailingContent),
        ("{}x", .trailingContent), ("1\0", .trailingContent), ("truex", .trailingContent),
        ("\"a\"\"b\"", .trailingContent), ("[]]", .trailingContent), ("1,", .trailingContent),
        ("[] // a", .trailingContent), ("1_000", .trailingContent),
        ("\"\\x41\"", .invalidEscape), ("\"\\'\"", .invalidEscape), ("\"\\U0041\"", .invalidEscape),
        ("\"\\u00g0\"", .invalidEscape), ("\"\\u 041\"", .invalidEscape),
        ("\"\\a\"", .invalidEscape),
        ("\"\\u+041\"", .invalidEscape), ("\"\\\n\"", .invalidEscape), ("\"\\é\"", .invalidEscape),
        ("\"\\uD800\"", .loneSurrogate), ("\"\\uDC00\"", .loneSurrogate),
        ("\"\\uD800x\"", .loneSurrogate), ("\"\\uD800\\n\"", .loneSurrogate),
        ("\"\\uD800\\u0041\"", .loneSurrogate), ("\"\\uD800\\uD800\"", .loneSurrogate),
        ("\"\\uDC00\\uD800\"", .loneSurrogate), ("\"\\uDFFF\\uDFFF\"", .loneSurrogate),
        ("\"\n\"", .controlByteInString), ("\"a\tb\"", .controlByteInString),
        ("\"\0\"", .controlByteInString), ("\"0123456789\u{1F}\"", .controlByteInString),
        ("\u{FEFF}1", .byteOrderMark), ("\u{FEFF}", .byteOrderMark),
        ("{\"a\":1,\"a\":1}", .duplicateKey), ("{\"\":1,\"\":2}", .duplicateKey),
        ("{\"a\":1,\"\\u0061\":2}", .duplicateKey), ("{\"\\/\":1,\"/\":2}", .duplicateKey),
        ("{\"\\uD83D\\uDE00\":1,\"😀\":2}", .duplicateKey),
        ("{\"a\":{\"b\":[1,{}]},\"c\":1,\"a\":1}", .duplicateKey),
        ("[{\"x\":{\"y\":1,\"y\":1}}]", .duplicateKey),
    ]

    @Test(arguments: good) func thisIsJSON(_ text: String) {
        #expect(jsonFailure(Array(text.utf8)) == nil)
        #expect(JSONModel.read(Array(text.utf8)) != nil)
        #expect(jsonFailure(text + " ") == nil)
        #expect(jsonFailure("[" + text + "]") == nil)
        #expect(jsonFailure(text + "\u{0C}") != nil)
        #expect(jsonFailure("\u{0C}" + text) != nil)
    }

    @Test(arguments: bad) func thisIsNot(_ text: String, _ kind: JSONError.Kind) {
        #expect(jsonFailure(text) == kind)
        #expect(JSONModel.read(Array(text.utf8)) == nil)
        #expect(jsonFailure("[0," + text + "]") != nil)
    }

    @Test func nestingEndsAtThirtyTwoLevels() {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let inner = open == "[" ? "" : "1"
            func nested(_ depth: Int) -> String {
                String(repeating: open, count: depth) + inner
                    + String(repeating: close, count: depth)
            }
            #expect(jsonFailure(nested(32)) == nil)
            #expect(jsonFailure(nested(33)) == .tooDeep)
            #expect(jsonFailure(String(repeating: open, count: 100_000)) == .tooDeep)
            // Depth is what is open, not what was ever opened.
            let row = Array(repeating: nested(31), count: 40).joined(separator: ",")
            #expect(jsonFailure("[" + row + "]") == nil)
        }
    }

    @Test func everyTwoAndThreeByteSequenceIsJudgedAsTheStandardLibraryJudges() {
        var wrong: [[UInt8]] = []
        let tails: [[UInt8]] = [[], [0x80], [0xBF], [0x80, 0x80], [0xBF, 0xBF], [0x80, 0x7F]]
        for first in UInt8(0x80)...0xFF {
            for second in UInt8.min...0xFF {
                for rest in tails {
                    // What closes the string early or escapes is another test's business.
                    if second == 0x22 || second == 0x5C { continue }
                    let text: [UInt8] = [first, second] + rest
                    let isText =
                        String(validating: text, as: UTF8.self) != nil && second >= 0x20
                    if (jsonFailure([0x22] + text + [0x22]) == nil) != isText { wrong.append(text) }
                }
            }
        }
        #expect(wrong.isEmpty, "\(wrong.prefix(10))")
    }

    @Test func everyByteIsPlainInAStringOrNotAtEveryPlace() {
        for length in [1, 7, 8, 9, 17] {
            for place in 0..<length {
                for byte in UInt8.min...UInt8.max {
                    var text = [UInt8](repeating: 0x61, count: length)
                    text[place] = byte
                    let expected: JSONError.Kind? =
                        switch byte {
                        case 0x22: .trailingContent
                        case 0x5C: .invalidEscape
                        case ..<0x20: .controlByteInString
                        case 0x80...: .invalidUTF8
                        default: nil
                        }
                    // A backslash at the end takes the closing quote with it, a quote opens none.
                    if place == length - 1, byte == 0x5C || byte == 0x22 { continue }
                    #expect(jsonFailure([0x22] + text + [0x22])?.kind == expected)
                }
            }
        }
    }
}
