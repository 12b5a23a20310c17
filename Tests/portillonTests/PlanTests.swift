import ArgumentParser
import Bytes
import Foundation
import Testing
import Time
import Wire

@testable import portillon

@Suite("Planning a campaign")
struct PlanTests {
    /// 2026-11-20T12:00:00Z.
    private let noon = Timestamp(milliseconds: 1_795_176_000_000)

    private func report(_ arguments: String, at now: Timestamp? = nil) throws -> PlanReport {
        let words = ["plan"] + arguments.split(separator: " ").map(String.init)
        let command = try #require(try Portillon.parseAsRoot(words) as? PlanCommand)
        return try command.report(at: now ?? noon)
    }

    /// What a command line is refused with by its parser.
    private func status(_ arguments: String) -> Int32 {
        do {
            _ = try report(arguments)
            return 0
        } catch let failure as CommandFailure {
            return failure.status
        } catch {
            return Portillon.exitCode(for: error).rawValue
        }
    }

    /// A plan with figures of one's own.
    private func report(curve text: String, target: Int = 50) throws -> PlanReport {
        let file = FileManager.default.temporaryDirectory
            .appendingPathComponent("portillon-tests-\(UUID().uuidString).json")
        try Data(text.utf8).write(to: file)
        // What stays behind is in a temporary folder.
        defer { try? FileManager.default.removeItem(at: file) }
        return try report(
            "--recipients 1200 --channel sms --capacity 2 --target-percent \(target) "
                + "--curve \(file.path)")
    }

    @Test("the waves, what they amount to, what they rest on and what to declare are shown")
    func text() throws {
        let text = try report(
            "--recipients 600000 --channel television --capacity 200 --base 40 --interval 20"
        ).text
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines[0] == "WAVE  STARTS                    RECIPIENTS  ENTRIES  PEAK/S")
        #expect(lines[1] == "   1  2026-11-20T12:00:00.000Z     322 580    6 452  140.00")
        #expect(lines[2] == "   2  2026-11-20T12:20:00.000Z     277 420    5 548  126.00")
        #expect(lines[3] == "")
        #expect(lines[4] == "expected entries  12 000")
        #expect(
            lines[5]
                == "peak              140.00 a second at 2026-11-20T12:00:26.000Z; target 140.00 "
                + "(70 % of 200), of which 40 come anyway")
        #expect(lines[6] == "sending           20 min")
        #expect(lines[7] == "last entries      2026-11-20T12:25:00.000Z")
        #expect(lines[8].hasSuffix("Impact Be Measured on the Web? (2014)."))
        #expect(lines[9].contains("ASSUMPTION: 2 %"))
        #expect(lines[11].hasSuffix("before it starts (C1):"))
        #expect(
            lines[12] == "  portillon campaign add OPERATION --channel television "
                + "--recipients 322580 --starts 2026-11-20T12:00:00.000Z")
        #expect(
            lines[13] == "  portillon campaign add OPERATION --channel television "
                + "--recipients 277420 --starts 2026-11-20T12:20:00.000Z")
        #expect(lines.count == 15 && lines[14] == "")
    }

    @Test("each wave is declared as it is sent; very many together, from the first to the last")
    func declaredWaves() throws {
        func commands(_ arguments: String) throws -> [String] {
            try report(arguments).declarations.filter { $0.rule == "C1" }.map(\.command)
        }
        let waves = try commands("--recipients 500000 --channel email --capacity 5")
        #expect(waves.count == 6 && waves.allSatisfy { !$0.contains("--ends") })
        let plan = try report("--recipients 5000000 --channel email --capacity 5")
        let many = try commands("--recipients 5000000 --channel email --capacity 5")
        let last = try #require(plan.waves.last)
        #expect(plan.waves.count > 50)
        #expect(
            many == [
                "portillon campaign add OPERATION --channel email --recipients 5000000 "
                    + "--starts 2026-11-20T12:00:00.000Z --ends \(last.starts)"
            ])
    }

    @Test("every campaign is to be declared (C1); a notice depends on participants (C2)")
    func declarations() throws {
        func rules(_ arguments: String) throws -> [String] {
            try report("--capacity 1000 " + arguments).declarations.map(\.rule)
        }
        #expect(try rules("--channel email --recipients 100000") == ["C1"])
        #expect(try rules("--channel email --recipients 100001") == ["C1"])
        #expect(try rules("--channel display --recipients 10") == ["C1"])
        #expect(try rules("--channel email --recipients 500000") == ["C1"])
        #expect(try rules("--channel email --recipients 500001") == ["C1", "C2"])
        let plan = try report("--channel email --recipients 600000 --capacity 1000")
        #expect(
            plan.declarations.last?.command
                == "portillon notice give OPERATION --expected-participants 60000")
        let beside = try report(
            "--channel email --recipients 400000 --beside-recipients 400000 --capacity 1000")
        #expect(
            beside.declarations.last?.command
                == "portillon notice give OPERATION --expected-participants 80000")
        let small = try report("--channel email --recipients 10 --capacity 1")
        #expect(small.text.contains("Every campaign is told to the operator;"))
        #expect(small.text.contains("one wave, all at once"))
    }

    @Test("beside a gateway's calendar no wave comes when others leave no room")
    func calendar() throws {
        let calendar = try GatewayCalendar(
            JSONValue(
                Array(
                    """
                    {"capacity_per_second": 100, "load": [
                      {"at": "2026-11-20T12:00:00.000Z", "per_second": 90},
                      {"at": "2026-11-20T13:00:00.000Z", "per_second": 0}]}
                    """.utf8)))
        let words = "plan --recipients 100000 --channel television --admin http://127.0.0.1:1"
            .split(separator: " ").map(String.init)
        let command = try #require(try Portillon.parseAsRoot(words) as? PlanCommand)
        let plan = try command.report(at: noon, calendar)
        #expect(plan.capacity == 100 && plan.waves.first?.starts == "2026-11-20T13:00:00.000Z")
        #expect(plan.others?.peakPerSecond == 90 && plan.others?.exceedsTarget == true)
        #expect(plan.text.contains("they alone exceed the target then"), "\(plan.text)")
        #expect(status("--recipients 1 --channel sms") == 64, "no capacity, and nobody to ask")
        #expect(throws: CommandFailure.self) {
            try GatewayCalendar(JSONValue(Array(#"{"load":[{"at":"now"}]}"#.utf8)))
        }
    }

    @Test("campaigns that a gateway did not reckon with are told of, where there are any")
    func omitted() throws {
        func text(_ count: Int) throws -> String {
            CalendarText.check(
                try JSONValue(Array(#"{"fits":true,"campaigns_omitted":\#(count)}"#.utf8)))
        }
        #expect(try text(2).hasSuffix("2 campaigns that start later are not reckoned with.\n"))
        #expect(try !text(0).contains("reckoned"))
    }

    @Test(
        "broadcast and social advertising have no threshold; mailings that run together add up",
        arguments: [
            ("--channel television --recipients 10", "without a figure"),
            ("--channel radio --recipients 10", "without a figure"),
            ("--channel social --recipients 10", "without a figure"),
            ("--channel email --recipients 100001", "particularly"),
            ("--channel sms --recipients 60000 --beside-recipients 60000", "particularly"),
            ("--channel sms --recipients 60000 --beside-recipients 40000", "Every campaign"),
            ("--channel press --recipients 100000", "Every campaign"),
        ])
    func duty(arguments: String, words: String) throws {
        let plan = try report("--capacity 10000 " + arguments)
        let declaration = try #require(plan.declarations.first { $0.rule == "C1" })
        #expect(declaration.why.contains(words), "\(declaration.why)")
        #expect(declaration.why.hasSuffix("declare it before it starts"))
    }

    @Test("the JSON has the same plan, with the names of the interface")
    func json() throws {
        let plan = try report("--recipients 500000 --channel email --capacity 5")
        let json = try JSONValue(Array(JSONEncoder().encode(plan)))
        let waves = try #require(json["waves"]?.elements)
        #expect(waves.count == 6)
        #expect(waves.compactMap { $0["recipients"]?.number }.reduce(0, +) == 500_000)
        #expect(waves[1]["starts"] == .string("2026-11-20T12:15:00.000Z"))
        #expect(waves[0]["peak_per_second"]?.number == 3.5)
        #expect(json["expected_entries"]?.number == 50_000)
        #expect(json["target_per_second"]?.number == 3.5)
        #expect(json["sending_seconds"] == .integer(4_500))
        #expect(json["last_entries_at"] == .string("2026-11-23T13:15:00.000Z"))
        #expect(json["figures"]?["response_permille"] == .integer(100))
        #expect(json["figures"]?["timing_source"]?.string?.hasPrefix("GetResponse") == true)
        #expect(json["figures"]?["rate_source"] == nil)
        #expect(json["declarations"]?.elements.count == 6, "a campaign for each wave")
    }

    @Test(
        "a start is a moment in any offset; without one it is the next quarter of an hour",
        arguments: [
            ("2026-11-20T13:07:00+01:00", "2026-11-20T12:07:00.000Z"),
            ("2026-11-20T06:37:00.250-05:30", "2026-11-20T12:07:00.000Z"),
            ("2028-02-29T23:59:59Z", "2028-02-29T23:59:59.000Z"),
        ])
    func start(given: String, starts: String) throws {
        let order = "--recipients 1 --channel sms --capacity 1"
        #expect(try report(order + " --start " + given).waves.map(\.starts) == [starts])
        let quarters: [(Int64, String)] = [
            (0, "12:00:00"), (1, "12:15:00"), (899_999, "12:15:00"),
        ]
        for (milliseconds, time) in quarters {
            let plan = try report(order, at: noon.advanced(byMilliseconds: milliseconds))
            #expect(plan.waves.map(\.starts) == ["2026-11-20T\(time).000Z"])
        }
    }

    @Test(
        "a mistake in the flags is one of usage",
        arguments: [
            "--recipients 0 --channel sms --capacity 1", "--channel sms --capacity 1",
            "--recipients 1 --channel sms --capacity 0", "--recipients 1 --channel sms",
            "--recipients 4294967296 --channel sms --capacity 1",
            "--recipients 1 --channel pigeon --capacity 1",
            "--recipients 1 --channel sms --capacity 1 --target-percent 101",
            "--recipients 1 --channel sms --capacity 1 --interval 0",
            "--recipients 1 --channel sms --capacity 1 --interval 10081",
            "--recipients 1 --channel sms --capacity 1 --start noon",
            "--recipients 1 --channel sms --capacity 1 --start 2026-02-29T00:00:00Z",
            "--recipients 1 --channel sms --capacity 1 --start 2026-02-28T24:00:00Z",
            "--recipients 1 --channel sms --capacity 1 --start 2026-02-28T12:00:00+24:00",
            "--recipients 1 --channel sms --capacity 1 --start 2026-02-28T12:00:00",
        ])
    func usage(arguments: String) {
        #expect(status(arguments) == 64)
    }

    @Test(
        "where there is no plan, the numbers say why",
        arguments: [
            (
                "--recipients 9 --channel sms --capacity 10 --base 7",
                "no plan: 70 % of 10 entries a second is 7.00, and 7 come anyway (--base)"
            ),
            ("--recipients 4294967295 --channel sms --capacity 1", "more than 1 000 waves"),
            (
                "--recipients 4294967295 --channel sms --capacity 1 --interval 10080",
                "more than 31 days to send"
            ),
        ])
    func impossible(arguments: String, why: String) {
        let failure = #expect(throws: CommandFailure.self) { try report(arguments) }
        #expect(failure?.status == 1)
        #expect(failure?.lines.count == 1)
        #expect(failure?.text.contains(why) == true, "\(failure?.text ?? "")")
    }

    @Test("figures of one's own take the place of the channel's")
    func ownCurve() throws {
        let plan = try report(
            curve: """
                {"response_permille": 500,
                 "points": [{"minutes": 0, "permille": 0}, {"seconds": 90, "permille": 100},
                            {"minutes": 10, "permille": 1000}]}
                """)
        // 900 thousandths of half the recipients in 510 seconds, at most 1 a second.
        #expect(plan.waves.map(\.recipients) == [1_133, 67])
        #expect(plan.expectedEntries == 600)
        #expect(plan.figures.points.map(\.seconds) == [90, 600])
        #expect(plan.figures.timingSource?.contains("portillon-tests-") == true)
        #expect(plan.text.contains("Your own figures."))
    }

    @Test("where one recipient alone is too much, it says so")
    func oneRecipient() {
        let failure = #expect(throws: CommandFailure.self) {
            try report(
                curve: """
                    {"response_permille": 1000, "points": [{"seconds": 1, "permille": 1000}]}
                    """, target: 40)
        }
        #expect(failure?.status == 1)
        #expect(failure?.text.contains("bring 1.00 entries a second, and 40 % of 2") == true)
        #expect(failure?.text.contains("leaves 0.80") == true)
    }

    @Test(
        "a file of figures that is wrong is named, with what is wrong in it",
        arguments: [
            (#"{"response_permille": 1"#, "not JSON at line 1"),
            ("[]", "must hold a JSON object"),
            (#"{"points": []}"#, "response_permille is missing"),
            (#"{"response_permille": 1}"#, "points is missing"),
            (#"{"response_permille": 1, "points": 7}"#, "points: must be an array, not 7"),
            (#"{"response_permile": 1}"#, "response_permile: unknown member"),
            (#"{"response_permille": 1.5}"#, "response_permille: must be a whole number"),
            (#"{"response_permille": "1"}"#, "from 0 on, not \"1\""),
            (#"{"response_permille": -1}"#, "from 0 on, not -1"),
            (points("[]"), "1000 permille (all who answer), not 0"),
            (points("[7]"), "points[0]: must be {\"minutes\": n, \"permille\": n}"),
            (points(#"[{"minutes": 1}]"#), "points[0]: must be"),
            (points(#"[{"minutes": 1, "seconds": 1, "permille": 1000}]"#), "points[0]: must be"),
            (points(#"[{"minutes": true, "permille": 1}]"#), "points[0].minutes: must be a whole"),
            (points(#"[{"minutes": 1, "permille": null}]"#), "points[0].permille: must be a whole"),
            (points(#"[{"minutes": 4294967295, "permille": 1000}]"#), "must be within 7 days"),
            (points(#"[{"minutes": 0, "permille": 1000}]"#), "points[0]: is at 0 minutes"),
            (
                points(#"[{"minutes": 2, "permille": 9}, {"minutes": 2, "permille": 1000}]"#),
                "points[1]: must be later"
            ),
            (
                points(#"[{"minutes": 2, "permille": 9}, {"minutes": 3, "permille": 8}]"#),
                "points[1].permille: must not be less"
            ),
            (points(#"[{"minutes": 2, "permille": 1001}]"#), "points[0].permille: must be at most"),
            (
                #"{"response_permille": 0, "points": []}"#,
                "response_permille: must be from 1 to 1000"
            ),
        ])
    func wrongCurve(text: String, why: String) {
        let failure = #expect(throws: CommandFailure.self) { try report(curve: text) }
        #expect(failure?.status == 78)
        #expect(failure?.lines.count == 1)
        #expect(failure?.text.contains("/portillon-tests-") == true)
        #expect(failure?.text.contains(why) == true, "\(failure?.text ?? "")")
    }

    @Test("a file of figures that is not there is named")
    func missingCurve() {
        let failure = #expect(throws: CommandFailure.self) {
            try report("--recipients 1 --channel sms --capacity 1 --curve /nope.json")
        }
        #expect(failure?.status == 78)
        #expect(failure?.text.contains("/nope.json") == true)
    }

    @Test("rates have two digits that say something")
    func decimals() {
        #expect(decimal(140) == "140.00")
        #expect(decimal(0) == "0.00")
        #expect(decimal(0.01) == "0.01")
        #expect(decimal(0.000_123_4) == "0.00012")
    }
}

/// A file of figures with these points.
private func points(_ array: String) -> String {
    #"{"response_permille": 1, "points": "# + array + "}"
}
