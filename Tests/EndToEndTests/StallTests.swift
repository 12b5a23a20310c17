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
