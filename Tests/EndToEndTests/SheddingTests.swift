import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Before overload hurts, new work is refused, in the design's order")
    struct SheddingTests {
        @Test("undeclared operations first, then all; never tickets, health, metrics, measures")
        func order() throws {
            let gateway = try Gateway()
            let faults = try Faults(for: gateway)
            let limits = [
                "command_ring_bytes=65536", "entry_body_bytes=12000",
                // Whoever waits is answered by the disk, however long the steps of this test take.
                "answer_seconds=120",
            ]
            try gateway.start(
                faults: faults,
                options: limits.flatMap { ["--limit", $0] } + ["--status-page", "true"])
            let undeclared = try gateway.openOperation("undeclared")
            let declared = try gateway.openOperation("declared")
            let notice = try gateway.admin(
                "POST", "/v1/operations/declared/traffic-notice",
                #"{"expected_participants":80000}"#)
            #expect(notice.status == 201)
            let waiting = try gateway.openOperation("waiting", rule: "unlimited")
            let ticket = try gateway.ticket(for: "early", in: waiting)

            // The disk hangs: whatever comes now waits in the ring.
            try faults.set("fdatasync:HANG:1+")
            let first = try gateway.send([undeclared.entry("first")])
            #expect(
                eventually(withinSeconds: 30) {
                    faults.struck.contains {
                        $0.hasPrefix("fdatasync HANG") && !$0.hasSuffix("next.preparing")
                    }
                })
            // Nothing was measured yet, and yet it is told.
            #expect(try eventually(withinSeconds: 30) { try gateway.isCritical() })
            let wide = "\"fields\":{\"text\":\"\(String(repeating: "x", count: 300))\"}"
            let crowd = try gateway.send(
                (0..<250).map { undeclared.entry("crowd-\($0)", members: wide) })
            #expect(
                try eventually(withinSeconds: 30) { try gateway.shed("entry_undeclared") > 0 })
            let more = try gateway.send(
                (0..<100).map { declared.entry("more-\($0)", members: wide) })
            #expect(try eventually(withinSeconds: 30) { try gateway.shed("entry") > 0 })
            let members = "\"ticket\":\(JSON.literal(ticket))"
            let again = try gateway.send([waiting.entry("early", members: members)])

            for path in ["/v1/status", "/v1/operations", "/v1/operations/declared/evidence"] {
                let answer = try gateway.admin("GET", path)
                #expect(answer.status == 503 && answer["retry-after"] == "1", "\(path): \(answer)")
            }
            #expect(try gateway.admin("GET", "/healthz").status == 200)
            #expect(try gateway.shed("report") == 1)
            #expect(try gateway.shed("statistics") == 2)
            // Whoever reads the public status page takes nothing from entries.
            for path in ["/status", "/status.json"] {
                let answer = try gateway.connect().exchange(HTTPRequest("GET", path, []).text)
                #expect(answer.status == 503 && answer["retry-after"] != nil, "\(path): \(answer)")
            }
            #expect(try gateway.shed("statistics") == 4)

            try faults.set("off")
            #expect(try first.map { try $0.receive().status } == [201])
            let statuses = try (crowd + more).map { try $0.receive().status }
            let refused = (try gateway.shed("entry_undeclared"), try gateway.shed("entry"))
            #expect(refused.0 < 250 && refused.1 < 100, "each had some room: \(refused)")
            #expect(statuses.count { $0 == 503 } == refused.0 + refused.1)
            #expect(statuses.count { $0 == 201 } == 350 - refused.0 - refused.1)
            let ticketed = try again.map { try $0.receive() }
            #expect(ticketed.allSatisfy { [201, 429].contains($0.status) }, "\(ticketed)")
            // Pressure falls when it was low for a while.
            let isOver = try eventually(withinSeconds: 120) {
                try gateway.admin("GET", "/v1/status").status == 200
            }
            #expect(isOver)
            #expect(try gateway.stop() == .exit(0), "\(gateway.errors)")
        }
    }
}

extension Gateway {
    /// Sends each over a connection of its own, and waits for no answer.
    fileprivate func send(_ entries: [HTTPRequest]) throws -> [HTTPConnection] {
        try entries.map { entry in
            let connection = try connect()
            try connection.send(entry.text)
            return connection
        }
    }

    fileprivate func isCritical() throws -> Bool {
        try admin("GET", "/metrics").text.contains(#"portillon_pressure{level="critical"} 1"#)
    }

    /// What metrics say was shed of this kind.
    fileprivate func shed(_ kind: String) throws -> Int {
        let answer = try admin("GET", "/metrics")
        try #require(answer.status == 200, "metrics are never shed: \(answer)")
        let start = "portillon_shed_total{kind=\"\(kind)\"} "
        let line = answer.text.split(separator: "\n").first { $0.hasPrefix(start) }
        return try #require(line.flatMap { Int($0.dropFirst(start.count)) }, "\(answer)")
    }

    /// A ticket of an operation that takes one entry a second.
    fileprivate func ticket(for person: String, in operation: Operation) throws -> String {
        let pace = try admin("POST", "/v1/operations/\(operation.name)/pace", #"{"per_second":1}"#)
        try #require(pace.status == 200, "\(pace)")
        for number in 0..<10 {
            _ = try post(operation.entry("before-\(number)"))
            let answer = try post(operation.entry(person))
            if let ticket = answer.json["ticket"]?.string { return ticket }
        }
        throw GatewayFailure("nobody has to wait")
    }
}
