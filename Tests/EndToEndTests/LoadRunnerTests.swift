import Foundation
import Glibc
import TestSupport
import Testing

extension EndToEnd {
    @Suite("The load runner judges a real gateway")
    struct LoadRunnerTests {
        private let directory: TemporaryDirectory

        init() throws {
            directory = TemporaryDirectory()
        }

        @Test("the smoke scenario passes, and its report says what was sent and counted")
        func smoke() throws {
            let ended = try run(
                scenario("smoke.json"), gateway: true, options: ["--duration", "4"])
            #expect(ended == .exit(0), "\(said)")
            let report = try report()
            #expect(report["passed"]?.bool == true)
            let totals = report["streams"]?[0]?["totals"]
            let accepted = totals?["verdicts"]?["accepted"]?.integer
            #expect(try #require(accepted) > 400)
            #expect(report["gateway"]?["participants"]?["main"]?.integer == accepted)
            #expect(totals?["duplicate_numbers"]?.integer == 0)
            #expect(directory.text("results/report.html").hasPrefix("<!DOCTYPE html>"))
        }

        @Test("a gateway that stalls shows in the latency, not in the service time")
        func stall() throws {
            // Without the upper bounds, which are for a host that does not stand still itself.
            var text = try String(contentsOfFile: scenario("stall.json"), encoding: .utf8)
            for (part, other) in [
                (#", "at_most": 1100"#, ""),
                (",\n        {\"figure\": \"p50_ms\", \"at_most\": 50}", ""),
                // Half as long, with the same stall.
                (#""seconds": 10,"#, #""seconds": 5,"#), (#""at": 5,"#, #""at": 2,"#),
            ] {
                try #require(text.contains(part))
                text = text.replacingOccurrences(of: part, with: other)
            }
            let ended = try run(write(text), gateway: true)
            // A machine that stands still by itself leaves the p99 unjudged.
            let failed = try report()["expectations"]?.elements.filter {
                $0["holds"]?.bool != true && $0["not_judged"] == nil
            }
            #expect(ended == .exit(0) || failed?.isEmpty == true, "\(said)")
            let stream = try report()["streams"]?[0]
            // Of 500 requests due within the second, only the 20 that had a connection were under
            // way: a closed loop would have seen those and no others, one in 250. The means tell
            // it, 100 ms against 4. A host that pauses by itself adds to both, and to what was due
            // no less than to what was sent.
            let due = try #require(stream?["latency"]?["mean"]?.double)
            let sent = try #require(stream?["service"]?["mean"]?.double)
            #expect(due - sent > 40, "from due \(due) ms, from sent \(sent) ms")
            #expect(try report()["marks"]?[0]?["label"]?.string?.hasPrefix("stall") == true)
        }

        @Test("a machine that does not run is seen, and no p99 is judged then")
        func standstill() throws {
            try withGateway { gateway in
                let operation = try gateway.openOperation()
                let file = try write(
                    """
                    {"operations": {"ete": {}},
                     "streams": [{"phases": [{"seconds": 15, "rate": 50}],
                                  "expect": [{"figure": "p99_ms", "at_most": 0.0001}]}]}
                    """)
                let process = try ChildProcess(
                    [
                        Gateway.built("portillon-load"), "run", file, "--target",
                        "http://127.0.0.1:\(gateway.port)", "--key", "ete=\(operation.key)",
                        "--out", directory.path("results"), "--quiet",
                    ], environment: ["PATH": "/usr/bin:/bin"],
                    output: directory.path("output.log"), errors: directory.path("errors.log"))
                // Amid the traffic, which lasts longer than a test stands still.
                let isBegun = try eventually(withinSeconds: 30) {
                    try gateway.state(of: operation)["entries"]?.integer ?? 0 > 10
                }
                #expect(isBegun, "\(said)")
                process.send(SIGSTOP)
                pause(milliseconds: 1_500)
                process.send(SIGCONT)
                #expect(process.wait(atMostSeconds: 180) == .exit(1), "\(said)")
                let standstills = try #require(try report()["runner"]?["standstills"])
                #expect(standstills["longest_ms"]?.double ?? 0 > 250, "\(standstills)")
                #expect(standstills["share"]?.double ?? 0 > 0.05, "\(standstills)")
                // Where the runner may not have real-time priority, it judges nothing by that.
                let isUnjudged = said.contains("not judged: the machine stood still")
                #expect(isUnjudged == standstills["is_real_time"]?.bool, "\(said)")
            }
        }

        @Test("an expectation that does not hold ends with status 1, and is named")
        func failedExpectation() throws {
            let file = try write(
                """
                {"operations": {"a": {"state": "closed"}},
                 "streams": [{"phases": [{"seconds": 1, "rate": 50}],
                              "expect": [{"figure": "accepted", "equals": "due"},
                                         {"figure": "closed", "equals": "due"}]}],
                 "grace_seconds": 30}
                """)
            #expect(try run(file, gateway: true) == .exit(1), "\(said)")
            #expect(said.contains("accepted"))
            let outcomes = try report()["expectations"]
            #expect(outcomes?[0]?["holds"]?.bool == false)
            #expect(outcomes?[1]?["holds"]?.bool == true)
        }

        @Test("nobody at the target, a wrong scenario, a wrong call: each has its status")
        func mistakes() throws {
            let port = try LoopbackPorts.take()
            let nobody = "http://127.0.0.1:\(port)"
            let smoke = scenario("smoke.json")
            let options = ["--target", nobody, "--admin", nobody, "--token", "t"]
            #expect(try run(smoke, options: options) == .exit(69), "\(said)")
            #expect(said.contains("Connection refused"))
            let wrong = try write(#"{"operations": {"a": {}}, "strams": []}"#)
            #expect(try run(wrong, gateway: true) == .exit(64), "\(said)")
            #expect(said.contains("strams: unknown"))
            #expect(try run(smoke, options: ["--rate", "-1"]) == .exit(64), "\(said)")
        }

        @Test("requests to nobody are failures of the requests, and the run ends")
        func nobodyThere() throws {
            let port = try LoopbackPorts.take()
            let file = try write(
                """
                {"operations": {"a": {}},
                 "streams": [{"phases": [{"seconds": 1, "rate": 100}], "connections": 10,
                              "expect": [{"figure": "errors", "equals": "due"}]},
                             {"name": "loop", "arrivals": "closed", "phases": [{"seconds": 1}],
                              "connections": 3}],
                 "grace_seconds": 30}
                """)
            let target = ["--target", "http://127.0.0.1:\(port)", "--key", "a=pk_none"]
            #expect(try run(file, options: target) == .exit(0), "\(said)")
            let errors = try report()["streams"]?[0]?["totals"]?["errors"]
            #expect(try #require(errors?["connect"]?.integer) > 50)
        }

        // MARK: One run

        private func run(
            _ scenario: String, gateway: Bool = false, options: [String] = []
        ) throws -> ChildProcess.Ending? {
            var command = [
                Gateway.built("portillon-load"), "run", scenario, "--out",
                directory.path("results"), "--quiet",
            ]
            if gateway { command += ["--gateway", try Gateway.executable()] }
            let process = try ChildProcess(
                // The gateway that it starts inherits them: it, too, may stand still for seconds.
                command + options,
                environment: ["PATH": "/usr/bin:/bin", "PORTILLON_LIMITS_ANSWER_SECONDS": "30"],
                output: directory.path("output.log"), errors: directory.path("errors.log"))
            return process.wait(atMostSeconds: 300)
        }

        private var said: String { directory.text("output.log") + directory.text("errors.log") }

        private func report() throws -> JSON {
            let text = directory.text("results/report.json")
            return try JSONDecoder().decode(JSON.self, from: Data(text.utf8))
        }

        private func scenario(_ name: String) -> String {
            URL(filePath: #filePath).deletingLastPathComponent()
                .appending(path: "../../loadtests/scenarios/\(name)").standardizedFileURL.path
        }

        private func write(_ text: String) throws -> String {
            let file = directory.path("scenario.json")
            try Data(text.utf8).write(to: URL(filePath: file))
            return file
        }
    }
}
