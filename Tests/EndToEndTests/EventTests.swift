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

        /// Runs `portillon events --follow` beside a body, which is given what it has shown so far.
        private func follow(
            _ gateway: Gateway, _ arguments: [String], _ body: (() -> [JSON]) throws -> Void
        ) throws {
            let name = "events-\(UUID().uuidString)"
            let process = try ChildProcess(
                [try Gateway.executable(), "events", "--follow", "--json"] + arguments,
                environment: [
                    "PATH": "/usr/bin:/bin", "PORTILLON_DATA": gateway.data,
                    "PORTILLON_ADMIN": "http://127.0.0.1:\(gateway.adminPort)",
                ],
                output: gateway.directory.path(name + ".out"),
                errors: gateway.directory.path(name + ".err"))
            defer {
                process.send(SIGTERM)
                _ = process.wait(atMostSeconds: 30)
            }
            try body {
                gateway.directory.text(name + ".out").split(separator: "\n").map { line in
                    // A line that has not come whole is not counted yet.
                    (try? JSONDecoder().decode(JSON.self, from: Data(line.utf8))) ?? .null
                }
            }
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

        private func ids(_ events: [JSON]) -> [Int] {
            events.compactMap { $0["id"]?.string.flatMap { Int($0) } }
        }

        @Test("whoever follows, or comes back, is given everything once, over a restart too")
        func resumed() throws {
            try withGateway { gateway in
                _ = try gateway.openOperation()
                try bring(gateway, 1...5)
                try follow(gateway, ["--after", "0"]) { events in
                    #expect(wait(for: 6, events).count == 6)
                    try gateway.kill()
                    try gateway.start()
                    try bring(gateway, 6...9)
                    let all = wait(for: 11, events)
                    let names = all.compactMap { $0["event"]?.string }
                    #expect(names.filter { $0 == "pace" }.count == 9, "\(names)")
                    #expect(names.filter { $0 == "start" }.count == 2, "\(names)")
                    #expect(ids(all) == ids(all).sorted() && Set(ids(all)).count == 11)
                    try follow(gateway, ["--after", "\(ids(all)[3])"]) { events in
                        #expect(ids(wait(for: 7, events)) == Array(ids(all).dropFirst(4)))
                    }
                    try follow(gateway, ["--after", "0", "--operation", "ete"]) { events in
                        let narrow = wait(for: 9, events)
                        #expect(narrow.allSatisfy { $0["event"]?.string == "pace" })
                    }
                    try follow(gateway, ["--status"]) { events in
                        let isShown = eventually(withinSeconds: 30) {
                            events().filter { $0["event"]?.string == "status" }.count >= 2
                        }
                        #expect(isShown)
                    }
                }
            }
        }

        @Test("a client's token sees its own operations' events alone (C17)")
        func isolation() throws {
            try withGateway { gateway in
                _ = try gateway.openOperation()
                #expect(try gateway.admin("PUT", "/v1/clients/bolt", #"{"name":"Bolt"}"#).isGood)
                let other = #"{"client":"bolt","title":"Hiver","policy":"enforce"}"#
                #expect(try gateway.admin("PUT", "/v1/operations/hiver", other).isGood)
                let answer = try gateway.admin(
                    "POST", "/v1/tokens", #"{"role":"client","client":"acme"}"#)
                let token = try #require(answer.json["token"]?.string)
                try bring(gateway, 3...3, to: "hiver")
                try bring(gateway, 3...3, to: "ete")
                try follow(gateway, ["--after", "0", "--token", token]) { events in
                    let seen = wait(for: 1, events)
                    #expect(seen.allSatisfy { $0["data"]?["operation"]?.string == "ete" })
                    try bring(gateway, 4...4, to: "hiver")
                    try bring(gateway, 4...4, to: "ete")
                    let all = wait(for: 2, events)
                    #expect(all.count == 2)
                    #expect(all.allSatisfy { $0["data"]?["operation"]?.string == "ete" })
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
