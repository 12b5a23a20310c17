import Bytes
import Foundation
import Testing

@testable import Wire

@Suite("JSON values of their own")
struct JSONValueTests {
    private func value(_ text: String) throws -> JSONValue { try JSONValue(Array(text.utf8)) }

    private func error(_ text: String) -> JSONReadingError? {
        #expect(throws: JSONReadingError.self) { try value(text) }
    }

    @Test("every kind of value is read")
    func kinds() throws {
        let read = try value(#"{"n":null,"t":true,"f":false,"i":-7,"d":0.5,"s":"a\n","l":[1,[]]}"#)
        #expect(
            read
                == .object([
                    "n": .null, "t": .bool(true), "f": .bool(false), "i": .integer(-7),
                    "d": .number(0.5), "s": .string("a\n"),
                    "l": .array([.integer(1), .array([])]),
                ]))
        #expect(read["i"]?.integer == -7 && read["i"]?.number == -7)
        #expect(read["d"]?.number == 0.5 && read["d"]?.integer == nil)
        #expect(read["s"]?.string == "a\n" && read["s"]?.bool == nil)
        #expect(read["t"]?.bool == true && read["t"]?.string == nil)
        #expect(read["l"]?.elements.count == 2 && read["l"]?["x"] == nil)
        #expect(read["none"] == nil && read.members.count == 7)
    }

    @Test(
        "what is whole is an integer, however it is written, and exact",
        arguments: [
            ("0", .integer(0)), ("-0", .integer(0)), ("9223372036854775807", .integer(.max)),
            ("-9223372036854775808", .integer(.min)), ("7.0", .integer(7)), ("7e2", .integer(700)),
            ("9007199254740991.0", .integer(9_007_199_254_740_991)),
            ("9007199254740993.0", .number(9_007_199_254_740_992)),
            ("9223372036854775808", .number(9.223372036854775808e18)),
            ("-9223372036854775809", .number(-9.223372036854775808e18)), ("0.1", .number(0.1)),
            ("1e300", .number(1e300)), ("1e-400", .integer(0)),
        ] as [(String, JSONValue)])
    func numbers(text: String, expected: JSONValue) throws {
        #expect(try value(text) == expected)
    }

    @Test("what is not JSON is refused with line and byte")
    func notJSON() {
        #expect(
            error("")?.description == "not JSON at line 1, byte 1: The JSON text ends too early.")
        #expect(
            error("{\n  \"a\": x\n}")?.description.hasPrefix("not JSON at line 2, byte 8: ") == true
        )
        #expect(error(String(repeating: "[", count: 33))?.detail.contains("32 levels") == true)
        #expect(error(#"{"a":1,"\u0061":2}"#)?.pointer == "")
    }

    @Test("what is JSON but no value is refused with its pointer")
    func beyondValues() {
        #expect(error("1e400")?.pointer == "")
        #expect(error(#"{"a":[0,{"~/":-1e400}],"b":1}"#)?.pointer == "/a/1/~0~1")
        // One text to a reader, precomposed and not: the bytes differ.
        let twice = error("{\"x\":{\"\u{E9}\":1,\"e\u{301}\":2}}")
        #expect(twice?.pointer == "/x/e\u{301}")
    }

    @Test("pointers lead to every value of a document")
    func pointers() throws {
        let text = Array(#"[{"a":[1,2,{"b":3}],"c":{"d":4}},5]"#.utf8)
        var document = JSONDocument(nodeCapacity: 4)
        let failure = text.withBytes { document.parse($0) }
        try #require(failure == nil)
        var found: [String] = []
        for index in 0..<document.nodeCount where document.node(index).kind == .number {
            text.withBytes { found.append(document.pointer(to: index, in: $0)) }
        }
        #expect(found == ["/0/a/0", "/0/a/1", "/0/a/2/b", "/0/c/d", "/1"])
    }

    @Test("what is written reads back, names sorted, and Foundation reads it the same")
    func writing() throws {
        let texts = [
            #"{"a":[true,false,null,-5,0.25,1e+300,"é\"\\\n"],"b":{}}"#, "[]", "\"\"", "12",
        ]
        for text in texts {
            let read = try value(text)
            let written = read.bytes
            #expect(try JSONValue(written) == read)
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            #expect(try JSONValue(Array(encoder.encode(read))) == read)
        }
        #expect(
            String(decoding: try value(#"{"b":1,"a":[2.0]}"#).bytes, as: UTF8.self)
                == #"{"a":[2],"b":1}"#)
    }
}
