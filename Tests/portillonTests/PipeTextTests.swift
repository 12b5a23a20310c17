import Foundation
import Testing
import Wire

@testable import portillon

@Suite("What programs read: one record a line, plain numbers, the same columns always")
struct PipeTextTests {
    private func forPrograms<Result>(_ text: () throws -> Result) rethrows -> Result {
        try TextStyle.$current.withValue(.programs, operation: text)
    }

    @Test("a table is separated by tabs, each title is one word, nothing is a dash")
    func table() {
        forPrograms {
            var table = AlignedTable(["token id", "#count", "title"])
            table.append(["t-1", grouped(1_234_567), "Été à Nice"])
            table.append(["t-2", "", "a\tb"])
            #expect(
                table.text == "TOKEN_ID\tCOUNT\tTITLE\nt-1\t1234567\tÉté à Nice\n"
                    + "t-2\t-\ta\u{FFFD}b\n")
            #expect(AlignedTable(["a", "#b"]).text(orIfEmpty: "none") == "A\tB\n")
        }
        #expect(AlignedTable(["a", "#b"]).text(orIfEmpty: "none") == "none")
    }

    @Test("a listing has a name of one word and a value in each line")
    func pairs() {
        #expect(
            forPrograms { listing([("queue wait", "0.4 ms"), ("x", "")]) }
                == "queue_wait\t0.4 ms\nx\t-\n")
    }

    @Test("operations have their remarks in a column, and no sentence below")
    func operations() throws {
        let operations = try JSONValue(
            Array(
                #"""
                [{"operation": "ete", "client": "acme", "title": "Été", "state": "open",
                  "rule": "once", "entries": 1234567, "participants": 60000, "cover": 50000,
                  "crossed_at": "X", "attempts_per_second": 12.34, "accepted_per_second": 10,
                  "missing_notices": [{"notice": "cover", "since": "X", "allowed": 50000},
                    {"notice": "rise", "since": "Y", "count": 9000, "allowed": 5000,
                     "window_seconds": 10}],
                  "p99_seconds": 0.0314, "refusals": {"closed": 2, "invalid": 1200},
                  "sources": [{"source": "tv", "declared": true, "entries": 7, "per_second": 1}]},
                 {"operation": "hiver", "client": "acme", "title": "", "state": "draft",
                  "rule": "daily", "entries": 0, "participants": 0, "cover": 50000}]
                """#.utf8)
        ).elements
        let text = forPrograms { OperationText.table(operations) }
        #expect(
            text == """
                OPERATION\tCLIENT\tSTATE\tRULE\tENTRIES\tPARTICIPANTS\tCOVER\tUSED\tTITLE\t\
                ATTEMPTS_PER_SECOND\tACCEPTED_PER_SECOND\tP50_MS\tP99_MS\tSOURCES\tREFUSALS\t\
                UNDECLARED\tREMARKS
                ete\tacme\topen\tonce\t1234567\t60000\t50000\t120\tÉté\t12.3\t10.0\t-\t31.4\t\
                tv 7 (1.0 a second)\t1200 invalid, 2 closed\tcover rise\t\
                beyond its cover since X; unannounced rise since Y, 9000 entries within 10 s, \
                5000 are free
                hiver\tacme\tdraft\tdaily\t0\t0\t50000\t0\t-\t-\t-\t-\t-\t-\t-\t-\t-

                """)
        let none = forPrograms { OperationText.table([]) }
        #expect(none.hasPrefix("OPERATION\t") && none.filter { $0 == "\n" }.count == 1)
    }

    @Test("campaigns and settings have all columns, whatever they lack")
    func columns() throws {
        let campaign = try JSONValue(Array(#"{"campaign": "c-1", "recipients": 120000}"#.utf8))
        for campaigns in [[], [campaign]] {
            let lines = forPrograms { DeclarationText.list(campaigns) }.split(separator: "\n")
            #expect(lines.count == campaigns.count + 1)
            for line in lines { #expect(line.split(separator: "\t").count == 9, "\(line)") }
        }
        let one = forPrograms { OperationText.of(.object(["operation": .string("ete")])) }
        #expect(one.contains("minimum_age\t-\n"))
        #expect(
            one.contains(
                "KEY\tFRONT_END\tCREATED\tREVOKED\tREASON\tDECLARED\tSUSPECTED\tUSES\tLAST_USE\n"))
    }

    @Test("a status is a listing, an empty line, a table: with plain numbers")
    func status() throws {
        let status = try JSONValue(
            Array(
                #"""
                {"at": "T", "version": "1", "rates": {"entries_per_second": 1234.56},
                 "journal_bytes": 67108864, "operations": []}
                """#.utf8))
        let text = forPrograms { StatusText.of(status) }
        let blocks = text.components(separatedBy: "\n\n")
        #expect(blocks.count == 2)
        #expect(blocks[0].hasPrefix("at\tT\n"))
        #expect(blocks[0].contains("\nentries\t1234.6 a second\n"))
        #expect(blocks[0].contains("\nqueue_wait\t-\n"), "a line for each, whatever is known")
        for line in blocks[0].split(separator: "\n") {
            #expect(line.split(separator: "\t").count == 2, "\(line)")
        }
    }

    @Test("help stays aligned wherever it goes")
    func help() {
        #expect(!forPrograms { Setting.help }.contains("\t"))
    }
}
