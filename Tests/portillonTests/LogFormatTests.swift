import Bytes
import Foundation
import Logging
import Testing
import Time
import Wire

@testable import portillon

@Suite("Log lines")
struct LogFormatTests {
    let time = Timestamp(milliseconds: 1_795_176_000_042)

    @Test("a line of text has time, level, message and what belongs to it, sorted")
    func text() {
        let line = LogFormat.text.line(at: time, .info, "listening", ["b": "2", "a": "1"])
        #expect(line == "2026-11-20T12:00:00.042Z info     listening  a=1  b=2\n")
    }

    @Test("a line of JSON begins with time, level and message")
    func json() {
        let line = LogFormat.json.line(
            at: time, .warning, "late", ["workers": .stringConvertible(2), "data": "/d"])
        #expect(
            line == #"{"time":"2026-11-20T12:00:00.042Z","level":"warning","message":"late","#
                + #""data":"/d","workers":2}"# + "\n")
    }

    @Test("numbers of every kind are numbers in JSON, truth values are truth values")
    func numbers() throws {
        let line = LogFormat.json.line(
            at: time, .info, "m",
            [
                "a": .stringConvertible(UInt64.max), "b": .stringConvertible(UInt32(7)),
                "c": .stringConvertible(0.00025), "d": .stringConvertible(Int64(-3)),
                "e": .stringConvertible(Double.infinity), "f": .stringConvertible(false),
                "g": "12", "h": [["count": .stringConvertible(UInt16(5))]],
            ])
        for text in [
            #""a":18446744073709551615"#, #""b":7"#, #""c":0.00025"#, #""d":-3"#, #""e":"inf""#,
            #""f":false"#, #""g":"12""#, #""h":[{"count":5}]"#,
        ] {
            #expect(line.contains(text), "\(line)")
        }
        let text = LogFormat.text.line(
            at: time, .info, "m",
            ["list": [["count": .stringConvertible(5), "at": "x"], ["at": "y"]]])
        #expect(text.hasSuffix("  list=at=x count=5; at=y\n"), "\(text)")
    }

    @Test("nothing that is logged can begin another line or move the cursor")
    func injection() throws {
        let evil = "a\nb\r\u{1B}[2J\"\\\u{2028}\u{7F}"
        for format in LogFormat.allCases {
            let line = format.line(
                at: time, .error, evil, ["k\n": .string(evil), "list": [.string(evil)]])
            let inside = line.dropLast().unicodeScalars
            #expect(!inside.contains { $0.value < 0x20 || $0.value == 0x7F })
            #expect(line.hasSuffix("\n"))
        }
        let line = LogFormat.json.line(at: time, .error, evil, ["k": .string(evil)])
        let parsed = try JSONValue(Array(line.utf8))
        #expect(parsed["message"] == .string(evil))
        #expect(parsed["k"] == .string(evil))
    }

    @Test("what belongs to a message does not hide time, level and message")
    func reservedNames() throws {
        let line = LogFormat.json.line(at: time, .info, "real", ["message": "other", "time": "0"])
        let parsed = try JSONValue(Array(line.utf8))
        #expect(parsed["message"] == .string("real"))
        #expect(parsed["metadata.message"] == .string("other"))
        #expect(parsed["metadata.time"] == .string("0"))
    }

    @Test("lists and groups stay what they are in JSON")
    func nested() throws {
        let line = LogFormat.json.line(
            at: time, .info, "m",
            ["d": ["x": "1", "y": ["a", "b"]], "t": .stringConvertible(true)])
        let parsed = try JSONValue(Array(line.utf8))
        #expect(parsed["d"]?["y"]?.elements == [.string("a"), .string("b")])
        #expect(parsed["t"] == .bool(true))
    }
}
