import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("A disk that does not answer holds nobody up for good, and is told")
    struct StallTests {
        private func readiness(of gateway: Gateway) throws -> HTTPAnswer {
            try gateway.connect().exchange(HTTPRequest("GET", "/readyz").text)
        }

        @Test("a sync that hangs: 503 after a limit, new entries at once, and a retry finds out")
        func hangingSync() throws {
            let gateway = try Gateway()
            let faults = try Faults(for: gateway)
            // Longer than a busy machine stands still; and one worker: what it has found holds for
            // whoever comes next.
            try gateway.start(
                faults: faults, options: ["--limit", "answer_seconds=12", "--workers", "1"])
            let operation = try gateway.openOperation()
            #expect(try gateway.post(operation.entry("anne")).status == 201)
            try faults.set("fdatasync:HANG:1+")
            let key = [(name: "Idempotency-Key", value: "one")]
            let waiting = try gateway.connect()
            try waiting.send(operation.entry("bernard", fields: key).text)

            let unknown = try waiting.receive()
            #expect(unknown.status == 503, "\(unknown)")
            #expect(unknown.json["code"]?.string == "outcome_unknown", "\(unknown)")
            #expect(unknown["retry-after"] != nil, "\(unknown)")
            #expect(unknown["connection"] == "close", "\(unknown)")

            let refused = try gateway.post(operation.entry("claire"))
            #expect(refused.status == 503, "\(refused)")
            #expect(refused.json["code"]?.string == "overloaded", "it is not stored: \(refused)")
            #expect(refused["retry-after"] != nil, "\(refused)")
            let isTold = try eventually(withinSeconds: 30) {
                try readiness(of: gateway).text.contains("\"disk_stalled\"")
            }
            #expect(isTold)
            let isStrained = try eventually(withinSeconds: 30) {
                let metrics = try gateway.admin("GET", "/metrics").text
                return metrics.contains("portillon_pressure{level=\"calm\"} 0")
            }
            #expect(isStrained)
            let change = try gateway.admin("POST", "/v1/operations/\(operation.name)/close", "{}")
            #expect(change.status == 503, "\(change)")
            #expect(change.json["code"]?.string == "outcome_unknown", "\(change)")
            let health = HTTPRequest("GET", "/healthz").text
            #expect(try gateway.connect().exchange(health).status == 200)

            try faults.set("off")
            let isBack = eventually(withinSeconds: 30) { gateway.answersReady() }
            #expect(isBack, "\(gateway.errors)")
            var found: HTTPAnswer?
            let isFound = try eventually {
                found = try gateway.post(operation.entry("bernard", fields: key))
                return found?.status != 503
            }
            let told = String(describing: found)
            #expect(isFound && found?.status == 200, "it was stored all the same: \(told)")
            #expect(try gateway.stop() == .exit(0), "\(gateway.errors)")
        }

        @Test("keys that cannot be stored: whoever needs one is told, and everything else goes on")
        func hangingKeys() throws {
            let gateway = try Gateway()
            let faults = try Faults(for: gateway, below: "/keys")
            // Longer than a busy machine stands still.
            try gateway.start(faults: faults, options: ["--limit", "answer_seconds=12"])
            let operation = try gateway.openOperation()
            try faults.set("fsync:HANG:1+,fdatasync:HANG:1+")
            let body = #"{"client":"acme","title":"T"}"#
            let credentials = [(name: "Authorization", value: "Bearer \(gateway.token)")]
            let waiting = try ["p1", "p2", "p3"].map { name in
                let connection = try gateway.adminConnection()
                try connection.send(
                    HTTPRequest("PUT", "/v1/operations/\(name)", credentials, body: body).text)
                return connection
            }
            for connection in waiting {
                let refused = try connection.receive()
                #expect(refused.status == 503, "\(refused)")
                #expect(refused.json["code"]?.string == "keys_unavailable", "\(refused)")
                #expect(refused["retry-after"] != nil, "\(refused)")
            }
            let isTold = try eventually(withinSeconds: 30) {
                let answer = try readiness(of: gateway)
                return answer.status == 503 && answer.text.contains("\"disk_stalled\"")
            }
            #expect(isTold)
            #expect(gateway.says("the disk does not answer in keys/"), "\(gateway.errors)")
            for path in ["/v1/status", "/v1/operations", "/v1/token", "/v1/calendar", "/metrics"] {
                #expect(try gateway.admin("GET", path).status == 200, "\(path)")
            }
            let client = try gateway.admin("PUT", "/v1/clients/other", #"{"name":"Other"}"#)
            #expect(client.status == 201, "\(client)")
            #expect(try gateway.post(operation.entry("anne")).status == 201, "the journal goes on")
            let close = "/v1/operations/\(operation.name)/close"
            #expect(try gateway.admin("POST", close, "{}").status == 200)
            let next = try gateway.admin("PUT", "/v1/operations/p4", body)
            #expect(next.json["code"]?.string == "keys_unavailable", "\(next)")

            try faults.set("off")
            let isBack = eventually(withinSeconds: 30) { gateway.answersReady() }
            #expect(isBack, "\(gateway.errors)")
            #expect(gateway.says("over: the disk does not answer in keys/"), "\(gateway.errors)")
            #expect(try gateway.admin("GET", "/v1/operations/p1").status == 404, "not carried out")
            #expect(try gateway.admin("PUT", "/v1/operations/p1", body).status == 201)
            let areAll = try eventually(withinSeconds: 30) {
                try FileManager.default.contentsOfDirectory(atPath: gateway.data + "/keys")
                    .count { $0.hasSuffix(".key") } == 2
            }
            #expect(areAll, "the key that was begun is destroyed")
            #expect(try gateway.stop() == .exit(0), "\(gateway.errors)")
        }

        @Test("a stop while a sync hangs ends all the same, and nothing acknowledged is lost")
        func stopsWhileHanging() throws {
            let gateway = try Gateway()
            let faults = try Faults(for: gateway)
            try gateway.start(
                faults: faults,
                options: ["--limit", "answer_seconds=12", "--limit", "drain_seconds=1"])
            let operation = try gateway.openOperation()
            #expect(try gateway.post(operation.entry("anne")).status == 201)
            try faults.set("fdatasync:HANG:1+")
            let waiting = try gateway.connect()
            try waiting.send(operation.entry("bernard").text)
            let hangs = try eventually(withinSeconds: 30) {
                try readiness(of: gateway).text.contains("\"disk_stalled\"")
            }
            try #require(hangs)
            #expect(try gateway.stop() == .exit(74), "\(gateway.errors)")
            #expect(gateway.says("does not answer while the gateway stops"), "\(gateway.errors)")

            try faults.set("off")
            try gateway.start(faults: faults)
            #expect(try gateway.post(operation.entry("anne")).status == 200, "it is stored")
            #expect(try gateway.stop() == .exit(0), "\(gateway.errors)")
        }

        @Test("the next segment is not finished: entries are refused, and it is told, until it is")
        func hangingPreparation() throws {
            let gateway = try Gateway()
            let faults = try Faults(for: gateway)
            try gateway.start(faults: faults)
            let operation = try gateway.openOperation()
            let writers = Writers()
            // The segment in hand goes on; the next one is never made.
            try faults.set("open:HANG:1+")
            let filler = String(repeating: "x", count: 8_000)
            let members = "\"fields\":{\"filler\":\"\(filler)\"}"
            writers.start(
                4, run: "a", port: gateway.port, operation: operation, limit: 2_000,
                members: members)
            let isRefused = eventually(withinSeconds: 180) { !writers.known.refused.isEmpty }
            writers.stop()
            #expect(writers.join())
            try #require(isRefused, "\(gateway.errors)")
            #expect(writers.known.refused.keys.sorted() == [503])
            let isTold = try eventually(withinSeconds: 30) {
                let answer = try readiness(of: gateway)
                return answer.status == 503 && answer.text.contains("\"disk_stalled\"")
            }
            #expect(isTold)
            let isStrained = try eventually(withinSeconds: 30) {
                let metrics = try gateway.admin("GET", "/metrics").text
                return metrics.contains("portillon_pressure{level=\"calm\"} 0")
            }
            #expect(isStrained)
            #expect(gateway.says("does not finish the next segment"))

            try faults.set("off")
            let isTaken = try eventually(withinSeconds: 30) {
                let late = try gateway.post(operation.entry("late"))
                writers.record(late, of: "late")
                // 200 where an answer before came too late.
                return [200, 201].contains(late.status)
            }
            #expect(isTaken, "\(gateway.errors)")
            try gateway.kill()
            try gateway.start(faults: faults)
            #expect(try gateway.faults(in: writers, of: operation) == [])
            #expect(try gateway.stop() == .exit(0))
        }
    }
}
