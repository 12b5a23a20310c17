import Foundation
import Glibc
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Events are followed without a gap")
    struct EventTests {
        private func bring(
            _ gateway: Gateway, _ paces: ClosedRange<Int>, to operation: String = "ete"
        ) throws {
            for pace in paces {
                let answer = try gateway.admin(
                    "POST", "/v1/operations/\(operation)/pace", "{\"per_second\":\(pace)}")
                try #require(answer.status == 200, "\(answer)")
            }
        }

        /// Runs `portillon events --follow` beside a body, which is given what it has shown so far,
        /// and ends it as Ctrl-C does.
        /// - Returns: what it wrote to standard error.
        @discardableResult
        private func follow(
            _ gateway: Gateway, _ arguments: [String], _ body: (() -> [JSON]) throws -> Void
        ) throws -> String {
            let name = "events-\(UUID().uuidString)"
            let process = try ChildProcess(
                [try Gateway.executable(), "events", "--follow", "--json"] + arguments,
                environment: [
                    "PATH": "/usr/bin:/bin", "PORTILLON_DATA": gateway.data,
                    "PORTILLON_ADMIN": "http://127.0.0.1:\(gateway.adminPort)",
                ],
                output: gateway.directory.path(name + ".out"),
                errors: gateway.directory.path(name + ".err"))
            try body {
                gateway.directory.text(name + ".out").split(separator: "\n").map { line in
                    // A line that has not come whole is not counted yet.
                    (try? JSONDecoder().decode(JSON.self, from: Data(line.utf8))) ?? .null
                }
            }
            process.send(SIGINT)
            #expect(process.wait(atMostSeconds: 30) == .exit(0))
            return gateway.directory.text(name + ".err")
        }

        private func wait(for count: Int, _ events: () -> [JSON]) -> [JSON] {
            _ = eventually(withinSeconds: 30) { recorded(events()).count >= count }
            return recorded(events())
        }

        /// Those of records; how strained this machine is, is nothing to a test.
        private func recorded(_ events: [JSON]) -> [JSON] {
            events.filter {
                $0["id"]?.string != nil
                    && !["status", "pressure"].contains($0["event"]?.string ?? "")
            }
        }

        private func operation(_ event: JSON) -> String? {
            event["data"]?["data"]?["operation"]?.string
        }

        private func ids(_ events: [JSON]) -> [Int] {
            events.compactMap { $0["id"]?.string.flatMap { Int($0) } }
        }

        @Test("whoever follows, or comes back, is given everything once, over a restart too")
        func resumed() throws {
            try withGateway { gateway in
                _ = try gateway.openOperation()
                try bring(gateway, 1...5)
                let said = try follow(gateway, ["--after", "0"]) { events in
                    #expect(wait(for: 6, events).count == 6)
                    try gateway.kill()
                    try gateway.start()
                    try bring(gateway, 6...9)
                    let all = wait(for: 11, events)
                    let names = all.compactMap { $0["event"]?.string }
                    #expect(names.filter { $0 == "step" }.count == 9, "\(names)")
                    #expect(names.filter { $0 == "start" }.count == 2, "\(names)")
                    #expect(ids(all) == ids(all).sorted() && Set(ids(all)).count == 11)
                    try follow(gateway, ["--after", "\(ids(all)[3])"]) { events in
                        #expect(ids(wait(for: 7, events)) == Array(ids(all).dropFirst(4)))
                    }
                    try follow(gateway, ["--after", "0", "--operation", "ete"]) { events in
                        let narrow = wait(for: 9, events)
                        #expect(narrow.allSatisfy { $0["event"]?.string == "step" })
                    }
                    try follow(gateway, ["--status"]) { events in
                        let isShown = eventually(withinSeconds: 30) {
                            events().filter { $0["event"]?.string == "status" }.count >= 2
                        }
                        #expect(isShown)
                    }
                }
                #expect(said.contains("waiting for the gateway, to go on after record"), "\(said)")
                #expect(said.hasSuffix("portillon: the gateway answers again\n"), "\(said)")
            }
        }

        @Test("what waiting does not change ends the command: its status says what it was")
        func statuses() throws {
            try withGateway { gateway in
                #expect(try gateway.say("events", "--status", "--json").ending == .exit(64))
                #expect(try gateway.say("events", "--follow", "--status").ending == .exit(64))
                let events = ["events", "--follow"]
                let refused = try gateway.say(events + ["--token", "at_nobodys_token_at_all"])
                #expect(refused.ending == .exit(1), "\(refused)")
                let unknown = try gateway.say(events + ["--operation", "none"])
                #expect(unknown.ending == .exit(1), "\(unknown)")
                let ahead = try gateway.say(events + ["--after", "1000000"])
                #expect(ahead.ending == .exit(1) && ahead.errors.contains("another"), "\(ahead)")
                let away = try gateway.say(events + ["--admin", "http://127.0.0.1:1"])
                #expect(away.ending == .exit(69), "\(away)")
            }
        }

        @Test("without --follow it shows what is on record, and ends")
        func recorded() throws {
            try withGateway { gateway in
                _ = try gateway.openOperation()
                try bring(gateway, 1...5)
                let all = try gateway.say("events")
                #expect(all.ending == .exit(0) && all.errors.isEmpty, "\(all)")
                let types = all.output.split(separator: "\n").compactMap {
                    $0.split(separator: "\t").dropFirst(3).first
                }
                #expect(types.first == "process.started", "\(all)")
                #expect(types.count { $0 == "operation.smoothed" } == 5, "\(all)")
                let steps = try gateway.say("events", "--operation", "ete", "--json")
                let ids = try steps.output.split(separator: "\n").map { line in
                    try JSONDecoder().decode(JSON.self, from: Data(line.utf8))["id"]?.string ?? ""
                }
                #expect(ids.count == 5, "\(steps)")
                let rest = try gateway.say(
                    "events", "--operation", "ete", "--after", ids[2], "--json")
                #expect(rest.output.split(separator: "\n").count == 2, "\(rest)")
                let none = try gateway.say("events", "--after", ids[4], "--operation", "ete")
                #expect(none.ending == .exit(0) && none.output.isEmpty, "\(none)")
                // What a process before this one recorded is read from the journal.
                try gateway.kill()
                try gateway.start()
                let again = try gateway.say("events", "--operation", "ete", "--json")
                #expect(again.output == steps.output, "\(again)")
                let client = try gateway.admin(
                    "POST", "/v1/tokens", #"{"role":"client","client":"acme"}"#)
                let token = try #require(client.json["token"]?.string, "\(client)")
                let own = try gateway.say("events", "--token", token, "--json")
                #expect(own.ending == .exit(0) && own.output == steps.output, "\(own)")
            }
        }

        @Test("a client's token sees its own operations' events alone (C17)")
        func isolation() throws {
            try withGateway { gateway in
                _ = try gateway.openOperation()
                let client = try gateway.admin("PUT", "/v1/clients/bolt", #"{"name":"Bolt"}"#)
                try #require(client.status == 201, "\(client)")
                let other = #"{"client":"bolt","title":"Hiver","policy":"enforce"}"#
                let hiver = try gateway.admin("PUT", "/v1/operations/hiver", other)
                try #require(hiver.status == 201, "\(hiver)")
                let answer = try gateway.admin(
                    "POST", "/v1/tokens", #"{"role":"client","client":"acme"}"#)
                let token = try #require(answer.json["token"]?.string)
                try bring(gateway, 3...3, to: "hiver")
                try bring(gateway, 3...3, to: "ete")
                try follow(gateway, ["--after", "0", "--token", token]) { events in
                    let seen = wait(for: 1, events)
                    #expect(seen.allSatisfy { operation($0) == "ete" })
                    try bring(gateway, 4...4, to: "hiver")
                    try bring(gateway, 4...4, to: "ete")
                    let all = wait(for: 2, events)
                    #expect(all.count == 2)
                    #expect(all.allSatisfy { operation($0) == "ete" })
                }
                let refused = try gateway.admin(
                    "GET", "/v1/events?operation=hiver", token: token)
                #expect(refused.status == 404, "\(refused)")
                let wrong = try gateway.admin(
                    "GET", "/v1/events", fields: [("Last-Event-ID", "x")])
                #expect(wrong.status == 422, "\(wrong)")
            }
        }
    }
}
