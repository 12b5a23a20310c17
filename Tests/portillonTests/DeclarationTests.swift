import ArgumentParser
import Foundation
import Testing
import Wire

@testable import portillon

@Suite("Declaring traffic and holding operations")
struct DeclarationTests {
    // MARK: What is sent

    @Test("a suspension is sent as it was given")
    func suspension() throws {
        let minimum = try OperationCommand.Suspend.parse([
            "ete", "--ground", "unpaid", "--note", "n",
        ])
        #expect(minimum.body == ["ground": .string("unpaid"), "note": .string("n")])
        let maximum = try OperationCommand.Suspend.parse([
            "ete", "--ground", "undeclared_traffic", "--until", "soon", "--definitive", "--note",
            "n",
        ])
        #expect(
            maximum.body == [
                "ground": .string("undeclared_traffic"), "until": .string("soon"),
                "definitive": .bool(true), "note": .string("n"),
            ])
    }

    @Test("a pace is a number or none, and one of them")
    func pace() throws {
        let pace = try OperationCommand.Pace.parse(["ete", "50", "--note", "n"])
        #expect(pace.body == ["per_second": .integer(50), "note": .string("n")])
        let none = try OperationCommand.Pace.parse(["ete", "--none"])
        #expect(none.body == ["per_second": .null])
        for arguments in [["ete"], ["ete", "5", "--none"], ["ete", "fast"]] {
            #expect(throws: (any Error).self) { try OperationCommand.Pace.parse(arguments) }
        }
    }

    @Test("notices and campaigns are sent as they were given")
    func declarations() throws {
        let notice = try NoticeCommand.Give.parse(["ete", "--expected-participants", "80000"])
        #expect(notice.body == ["expected_participants": .integer(80_000)])
        let minimum = try CampaignCommand.Add.parse([
            "ete", "--channel", "sms", "--recipients", "7", "--starts", "s",
        ])
        #expect(
            minimum.body == [
                "channel": .string("sms"), "recipients": .integer(7), "starts": .string("s"),
            ])
        let maximum = try CampaignCommand.Add.parse([
            "ete", "--channel", "email", "--recipients", "7", "--starts", "s", "--ends", "e",
            "--source", "tag", "--note", "n",
        ])
        #expect(maximum.body["ends"] == .string("e") && maximum.body["source"] == .string("tag"))
        #expect(maximum.body["note"] == .string("n") && maximum.body.count == 6)
    }

    @Test(
        "a wrong word, or one that is missing, is a mistake of usage",
        arguments: [
            ["operation", "suspend", "ete", "--ground", "weather", "--note", "n"],
            ["operation", "suspend", "ete", "--ground", "unpaid"],
            ["operation", "suspend", "ete", "--note", "n"],
            ["operation", "pace", "ete"], ["operation", "pace", "ete", "2", "--none"],
            ["notice", "give", "ete"],
            ["notice", "give", "ete", "--expected-participants", "many"],
            ["campaign", "add", "ete", "--channel", "tv", "--recipients", "1", "--starts", "s"],
            ["campaign", "add", "ete", "--channel", "sms", "--recipients", "1"],
            ["campaign", "withdraw", "ete"],
        ])
    func usage(arguments: [String]) {
        let error = #expect(throws: (any Error).self) {
            try Portillon.parseAsRoot(arguments)
        }
        #expect(error.map { Portillon.exitCode(for: $0).rawValue } == 64, "\(arguments)")
    }

    // MARK: What is shown

    func json(_ text: String) throws -> JSONValue {
        try JSONValue(Array(text.utf8))
    }

    @Test("a late notice says so in words, one in time does not")
    func notice() throws {
        let members = #""operation": "ete", "expected_participants": 80000, "declared_at": "D""#
        let late = try json(#"{\#(members), "late": true, "cover": 50000}"#)
        #expect(
            DeclarationText.notice(late) == """
                operation              ete
                expected participants  80 000
                declared               D
                cover                  50 000
                This notice is late: not counted for the cover.

                """)
        let inTime = try json(#"{\#(members), "late": false, "cover": 80000}"#)
        #expect(!DeclarationText.notice(inTime).contains("late"))
    }

    @Test("campaigns are listed with what was said of them, and no empty columns")
    func campaigns() throws {
        let both = try json(
            #"""
            [{"campaign": "c-1", "channel": "email", "recipients": 120000, "starts": "S",
              "source": "c-1", "declared_at": "D", "late": false, "withdrawn_at": "W"},
             {"campaign": "c-2", "channel": "tv", "recipients": 7, "starts": "S",
              "source": "spot", "declared_at": "D", "late": true, "withdrawn_at": null}]
            """#)
        #expect(
            DeclarationText.list(both.elements) == """
                CAMPAIGN  CHANNEL  RECIPIENTS  STARTS  SOURCE  DECLARED  REMARK
                c-1       email       120 000  S               D         withdrawn W
                c-2       tv                7  S       spot    D         late: not counted

                """)
        #expect(DeclarationText.list([]).contains("portillon campaign add"))
    }

    @Test("an operation that stands open within its cover gets no words")
    func quiet() throws {
        let quiet = try json(
            #"""
            [{"operation": "a", "state": "open", "participants": 10, "cover": 50000, "waiting": 0},
             {"operation": "b", "state": "draft", "participants": 0, "cover": 50000,
              "forecast": {"crossing": "C", "participants_per_second": 0.1}}]
            """#)
        #expect(StandingText.lines(quiet.elements) == "")
    }

    @Test(
        "who pushes, and what the gate did, is said in a line",
        arguments: [
            (
                #"""
                "state": "smoothed", "pace_per_second": 20, "waiting": 1204, "crossed_at": "X"
                """#,
                "smoothed to 20 a second, 1 204 waiting; beyond its cover since X"
            ),
            (
                #"""
                "state": "suspended", "crossed_at": "X", "suspension":
                {"ground": "undeclared_traffic", "until": "U", "definitive": false,
                 "automatic": true}
                """#,
                "suspended by the gateway until U, ground undeclared_traffic; "
                    + "beyond its cover since X"
            ),
            (
                #"""
                "state": "suspended", "suspension":
                {"ground": "unpaid", "definitive": true, "automatic": false}
                """#,
                "suspended for good by a person, ground unpaid"
            ),
            (
                #""state": "open", "advice": "suspend", "crossed_at": "X""#,
                "would be suspended if its policy were enforce; beyond its cover since X"
            ),
            (
                #"""
                "state": "open", "participants": 49000, "cover": 50000, "forecast":
                {"crossing": "C", "earliest": "E", "latest": "L",
                 "participants_per_second": 12.34}
                """#,
                "expected to cross its cover about C (E to L) at 12.3 participants a second"
            ),
            (
                #"""
                "state": "open", "missing_notices": [
                {"notice": "client", "since": "X", "count": 60000, "allowed": 50000},
                {"notice": "campaign", "since": "Y", "count": 1000, "allowed": 999,
                 "source": "tv", "window_seconds": 10}]
                """#,
                "its client's operations together had 60 000 participants, 50 000 are free, "
                    + "since X; undeclared campaign tv since Y, 1 000 entries within 10 s"
            ),
        ])
    func standing(members: String, line: String) throws {
        let operation = try json("{\"operation\": \"ete\", \(members)}")
        #expect(StandingText.lines([operation]) == "ete: \(line)\n")
        #expect(OperationText.table([operation]).hasSuffix("\n\nete: \(line)\n"))
    }

    @Test("an operation shows its suspension as its state, its notice and its campaigns")
    func shown() throws {
        let text = OperationText.of(
            try json(
                #"""
                {"operation": "ete", "state": "suspended", "pace_per_second": 5, "waiting": 0,
                 "suspension": {"ground": "unpaid", "definitive": false, "automatic": false},
                 "traffic_notice": {"expected_participants": 80000, "declared_at": "D"},
                 "campaigns": [{"campaign": "c-1", "channel": "sms"}]}
                """#))
        #expect(text.contains("state      suspended by a person, ground unpaid\n"))
        #expect(text.contains("pace       5 a second\n"))
        #expect(text.contains("notice     80 000 participants, declared D\n"))
        #expect(text.contains("\nCAMPAIGN  CHANNEL"))
    }

    @Test(
        "what is used of the cover is cut off, not rounded",
        arguments: [(0, "0 %"), (49_999, "99 %"), (50_000, "100 %"), (600_000, "1 200 %")])
    func used(participants: Int, text: String) {
        let operation = JSONValue.object([
            "participants": .integer(participants), "cover": .integer(50_000),
        ])
        #expect(StandingText.used(operation) == text)
    }
}
