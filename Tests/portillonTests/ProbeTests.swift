import Availability
import Foundation
import Testing
import Time
import Wire

@testable import portillon

@Suite("A probe counts attempts by minute, and keeps what it cannot report")
struct ProbeTests {
    private func answer(_ status: Int, _ body: String) throws -> ProbeOutcome {
        ProbeOutcome(status: status, body: Array(body.utf8))
    }

    private func problem(_ code: String, _ more: String = "") -> String {
        "{\"type\":\"urn:portillon:problem:\(code)\",\"code\":\"\(code)\"\(more)}"
    }

    private let start = Timestamp(milliseconds: 1_795_176_000_000)

    @Test("what is an answer of the service, and what is the probe's own fault")
    func outcomes() throws {
        #expect(try answer(201, #"{"verdict":"accepted"}"#) == .accessible)
        #expect(try answer(200, #"{"verdict":"repeated"}"#) == .accessible)
        for (status, body) in [
            (200, "<html>"), (502, "Bad Gateway"), (403, "blocked"), (404, "{}"),
            (503, problem("overloaded", #","verdict":"overloaded""#)),
            (503, problem("suspended", #","verdict":"suspended""#)),
            (429, problem("waiting", #","verdict":"waiting""#)),
        ] {
            guard case .failed = try answer(status, body) else {
                Issue.record("\(status) \(body)")
                continue
            }
        }
        for code in ["unauthorized", "unknown_operation", "wrong_operation", "closed"] {
            #expect(try answer(401, problem(code)) == .void(code))
        }
        let expired = problem("refused", #","verdict":"refused","reasons":["permit_expired"]"#)
        #expect(try answer(403, expired) == .void("permit_expired"))
    }

    @Test("an attempt belongs to the minute in which it began; a clock set back opens none again")
    func minutes() throws {
        var counter = MinuteCounter()
        var complete: [MinuteCount] = []
        let outcomes: [(Int64, ProbeOutcome)] = [
            (0, .accessible), (58_000, .slow), (59_999, .failed("x")), (60_000, .accessible),
            (61_000, .void("x")), (30_000, .accessible), (180_000, .accessible),
        ]
        for (milliseconds, outcome) in outcomes {
            let began = start.advanced(byMilliseconds: milliseconds)
            if let count = counter.add(outcome, began: began) { complete.append(count) }
        }
        #expect(complete.count == 2)
        #expect(complete[0].minute.starts == start)
        #expect(complete[0].attempts == 3 && complete[0].failed == 1 && complete[0].slow == 1)
        #expect(complete[1].attempts == 2 && complete[1].failed == 0)
    }

    @Test("what waits survives the process in a file, and is bounded")
    func queue() throws {
        let path = NSTemporaryDirectory() + "probe-\(UUID().uuidString).json"
        // What is left behind is a file of the temporary folder.
        defer { try? FileManager.default.removeItem(atPath: path) }
        var queue = try ProbeQueue(path: path)
        let first = Minute(containing: start)
        for number in 0..<Int64(3) {
            var count = MinuteCount(first.advanced(by: number))
            count.add(.failed("x"))
            try queue.append(count)
        }
        try queue.remove(queue.minutes[0])
        var again = try ProbeQueue(path: path)
        #expect(again.minutes == queue.minutes && again.minutes.count == 2)
        #expect(again.minutes[0].minute == first.advanced(by: 1) && again.minutes[0].failed == 1)
        try again.remove(again.minutes[0])
        #expect(try ProbeQueue(path: path).minutes.count == 1)
        for text in ["[]", #"{"minutes":[{"minute":"x"}]}"#] {
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            #expect(throws: CommandFailure.self) { try ProbeQueue(path: path) }
        }
        var unnamed = try ProbeQueue(path: nil)
        for number in 0..<Int64(ProbeQueue.maximumMinutes + 5) {
            try unnamed.append(MinuteCount(first.advanced(by: number)))
        }
        #expect(unnamed.minutes.count == ProbeQueue.maximumMinutes)
        #expect(unnamed.minutes[0].minute == first.advanced(by: 5))
    }

    @Test("a minute that leaves a full queue while it is reported takes no other one with it")
    func fullQueue() throws {
        let first = Minute(containing: start)
        var queue = try ProbeQueue(path: nil)
        for number in 0..<Int64(ProbeQueue.maximumMinutes) {
            try queue.append(MinuteCount(first.advanced(by: number)))
        }
        let reported = queue.minutes[0]
        try queue.append(MinuteCount(first.advanced(by: Int64(ProbeQueue.maximumMinutes))))
        try queue.remove(reported)
        #expect(queue.minutes.count == ProbeQueue.maximumMinutes)
        #expect(queue.minutes[0].minute == first.advanced(by: 1))
    }

    @Test("so many attempts come over new connections that their failure loses the minute")
    func newConnections() throws {
        let rule = MinuteRule.standard
        let failed = rule.expectedAttempts / UInt32(ProbeLoop.attemptsOfConnection)
        let tally = try #require(
            ProbeTally(attempts: rule.expectedAttempts, failed: failed, slow: 0))
        #expect(rule.state(of: tally) == .notAccessible)
    }

    @Test("the table of a month has three decimals, cut off, and says what is not met")
    func table() throws {
        let reading =
            #""pc_minutes":40320,"ds_minutes":40270,"unmeasured_minutes":7,"txd":99.87,"#
            + #""meets_commitment":false,"error_budget_minutes":-10,"#
            + #""error_budget_allowed_minutes":40"#
        let answer = try JSONValue(
            Array(
                ("{\"month\":\"2026-02\",\"time_zone\":\"Europe/Paris\",\"complete\":true,"
                    + reading + ",\"b\":{\(reading)},\"raw\":{\(reading)},\"excluded\":[],"
                    + #""lost":[],"lost_left_off":0}"#).utf8))
        let text = TextStyle.$current.withValue(.programs) { AvailabilityCommand.text(answer) }
        let rows = text.split(separator: "\n").map { $0.split(separator: "\t").map(String.init) }
        #expect(rows.count == 4)
        #expect(rows[1] == ["a", "40320", "40270", "7", "99.870", "missed", "40", "-10"])
    }
}
