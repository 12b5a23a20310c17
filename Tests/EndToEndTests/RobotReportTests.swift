import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("What was found of robots is told, explained, on record, and there after a restart (C6)")
    struct RobotReportTests {
        private func robot(_ operation: Operation, _ participant: String) -> HTTPRequest {
            HTTPRequest(
                "POST", operation.path,
                [
                    (name: "Authorization", value: "Bearer \(operation.key)"),
                    (name: "User-Agent", value: "ApacheBench/2.3"),
                ], body: "{\"participant\":\(JSON.literal(participant))}")
        }

        /// The view, once it tells of so many attempts.
        private func robots(_ gateway: Gateway, attempts: Int) throws -> JSON? {
            var view: JSON?
            let isThere = try eventually(withinSeconds: 120) {
                view = try gateway.admin("GET", "/v1/operations/ete/robots").json
                return view?["attempts"]?.integer == attempts
            }
            #expect(isThere, "\(String(describing: view))")
            return view
        }

        @Test("robots that are observed: the command line shows and explains them")
        func observed() throws {
            try withReplayedGateway { gateway in
                let operation = try gateway.openOperation(
                    rule: "unlimited", settings: #""robots":"observe""#)
                var entries: [String] = []
                for number in 0..<3 {
                    let answer = try gateway.post(robot(operation, "p\(number)"))
                    #expect(answer.status == 201, "\(answer)")
                    entries.append(try #require(answer.json["entry"]?.string))
                }
                _ = try robots(gateway, attempts: 3)
                let shown = try gateway.say("robots", "ete")
                #expect(shown.ending == .exit(0), "\(shown)")
                #expect(shown.output.contains("load-tool\t1\t3\tApacheBench 3\t"), "\(shown)")
                let explained = try gateway.say("robots", "explain", entries[1])
                #expect(explained.ending == .exit(0), "\(explained)")
                #expect(explained.output.contains("It names ApacheBench."), "\(explained)")
                let french = try gateway.say(
                    "robots", "explain", entries[1], "--language", "fr")
                #expect(french.output.contains("Elle nomme ApacheBench."), "\(french)")
                let unknown = try gateway.say("robots", "explain", "1")
                #expect(unknown.ending == .exit(1), "\(unknown)")
            }
        }

        @Test("robots that are refused: one record a minute, which a restart and a dossier know")
        func refused() throws {
            try withReplayedGateway { gateway in
                let operation = try gateway.openOperation(
                    rule: "unlimited",
                    settings: #""robots":"refuse","networks":["127.0.0.0/8"]"#)
                for number in 0..<200 {
                    let answer = try gateway.post(robot(operation, "p\(number)"))
                    #expect(answer.status == 403, "\(answer)")
                }
                _ = try robots(gateway, attempts: 200)
                #expect(try gateway.stop() == .exit(0), "\(gateway.errors)")
                let records = try gateway.records("fact.robots")
                #expect((1...3).contains(records.count), "\(records.count)")
                let refused = records.reduce(0) { $0 + ($1["details"]?["refused"]?.integer ?? 0) }
                #expect(refused == 200)
                #expect(!"\(records)".contains("ApacheBench/2.3"), "no User-Agent")
                #expect(!"\(records)".contains("p17"), "no participant")
                try gateway.start()
                let view = try robots(gateway, attempts: 200)
                #expect(view?["robots"]?.integer == 200)
                let origins = view?["origins"]?.elements ?? []
                #expect(
                    origins.contains { $0["name"]?.string == "127.0.0.0/8" }, "\(origins)")
                let dossier = try gateway.say("evidence", "ete", "--format", "text")
                #expect(dossier.output.contains("were judged to be robots'"), "\(dossier)")
                #expect(dossier.output.contains("ApacheBench"), "\(dossier)")
            }
        }
    }
}
