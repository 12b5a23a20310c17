import Foundation
import Testing
import Wire

@testable import portillon

@Suite("What people read")
struct TextTests {
    @Test("a table is as wide as it needs to be; numbers stand to the right")
    func table() {
        var table = AlignedTable(["name", "#count", "title"])
        table.append(["ete-2026", "12 345", "Été"])
        table.append(["a", "7", "ab\u{1B}c\n"])
        #expect(
            table.text == """
                NAME       COUNT  TITLE
                ete-2026  12 345  Été
                a              7  ab\u{FFFD}c\u{FFFD}

                """)
    }

    @Test("a table without rows is its titles")
    func emptyTable() {
        #expect(AlignedTable(["a", "#b"]).text == "A  B\n")
    }

    @Test("values of a listing stand below each other")
    func listing() {
        #expect(portillon.listing([("a", "1"), ("long", "2")]) == "a     1\nlong  2\n")
    }

    @Test(
        "numbers are grouped by three",
        arguments: [
            (0, "0"), (999, "999"), (1_000, "1 000"), (1_234_567, "1 234 567"), (-1_000, "-1 000"),
            (Int.min, "-9 223 372 036 854 775 808"),
        ])
    func grouping(number: Int, text: String) {
        #expect(grouped(number) == text)
    }

    @Test(
        "decimals have one digit, whatever comes",
        arguments: [
            (0.0, "0.0"), (0.04, "0.0"), (0.05, "0.1"), (12.34, "12.3"), (-2.55, "-2.6"),
            (.nan, "0.0"), (.infinity, "100000000000000.0"),
        ])
    func tenths(value: Double, text: String) {
        #expect(StatusText.tenths(value) == text)
    }

    @Test("figures of an answer that no gateway has end nothing")
    func absurd() throws {
        let status = try JSONValue(
            Array(
                #"""
                {"rate": 1e300, "memory": {"table_bytes": 1e300, "table_limit_bytes": 1},
                 "journal": {"full_in_seconds": -1e300}}
                """#.utf8))
        #expect(AvailabilityCommand.tenths(status["rate"]) == "100000000000000.0")
        #expect(ServiceText.needs(status).isEmpty)
    }

    @Test(
        "a path is one word of a shell",
        arguments: [
            ("/var/lib/p-1.x", "/var/lib/p-1.x"), ("a b", "'a b'"), ("it's", "'it'\\''s'"),
            ("$HOME", "'$HOME'"), ("", "''"),
        ])
    func shellWords(path: String, word: String) {
        #expect(quotedForShell(path) == word)
    }

    @Test("an address that means all is reached over loopback")
    func reachable() {
        #expect(Demo.reachable("0.0.0.0:8080") == "127.0.0.1:8080")
        #expect(Demo.reachable("[::]:8080") == "[::1]:8080")
        #expect(Demo.reachable("10.0.0.1:80") == "10.0.0.1:80")
        for every in [":80", "*:80"] { #expect(Demo.reachable(every) == "localhost:80") }
    }

    @Test("operations are listed with their counts")
    func operations() throws {
        let text = #"""
            [{"operation": "ete", "client": "acme", "title": "Été", "state": "open",
              "rule": "once", "entries": 12345, "participants": 12000, "cover": 50000}]
            """#
        let operations = try JSONValue(Array(text.utf8))
        let rows = OperationText.table(operations.elements).split(separator: "\n")
        #expect(rows.count == 2)
        #expect(
            rows[1] == "ete        acme    open   once   12 345        12 000  50 000  24 %  Été")
        #expect(OperationText.table([]).contains("portillon operation put"))
    }

    @Test("an operation shows what it has and leaves out what it has not")
    func operation() {
        let text = OperationText.of(
            .object([
                "operation": .string("ete"), "consents": .array([.string("a"), .string("b")]),
                "minimum_age": .null, "verdicts": .object(["accepted": .integer(3)]),
                "keys": .array([
                    .object([
                        "key_id": .string("k-1"), "front_end": .string("server"),
                        "created_at": .string("2026"),
                    ])
                ]),
            ]))
        #expect(text.contains("consents   a, b\n"))
        #expect(text.contains("verdicts   3 accepted\n"))
        #expect(text.contains("k-1  server     2026"))
        #expect(!text.contains("minimum age"))
    }

    @Test(
        "an operation has the state that status shows, with a suspension beside it",
        arguments: [
            ("scheduled", "scheduled; suspended by a person, ground security"),
            ("ended", "ended; suspended by a person, ground security"),
            ("suspended", "suspended by a person, ground security"),
        ])
    func heldState(state: String, text: String) {
        let operation = JSONValue.object([
            "operation": .string("ete"), "state": .string(state),
            "suspension": .object(["ground": .string("security")]),
        ])
        #expect(StandingText.state(operation) == text)
        #expect(StandingText.remarks(operation) == "suspended by a person, ground security")
        #expect(OperationText.of(operation).contains(text))
    }
}
