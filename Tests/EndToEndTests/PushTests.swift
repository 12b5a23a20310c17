import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("An operator sees who is pushing, and what the gate did")
    struct PushTests {
        @Test(
            "sources, reasons and answer times, in metrics, status, operation and on the terminal")
        func pushing() throws {
            try withGateway { gateway in
                let operation = try gateway.openOperation(
                    rule: "unlimited", settings: #""consents":["rules"]"#)
                try gateway.declareSource("tv")
                func enter(_ members: String, _ times: Int, _ status: Int) throws {
                    for number in 0..<times {
                        let entry = operation.entry("p-\(number)", members: members)
                        #expect(try gateway.post(entry).status == status)
                    }
                }
                let rules = #""consents":["rules"]"#
                try enter(rules + #","source":"tv""#, 5, 201)
                try enter(rules + #","source":"nobody""#, 3, 201)
                let keyed = operation.entry(
                    "p-0", members: rules, fields: [("Idempotency-Key", "k")])
                #expect(try gateway.post(keyed).status == 201)
                try enter(#""source":"tv""#, 4, 403)
                #expect(try gateway.post(operation.request(body: "{")).status == 400)

                for (series, value) in [
                    (#"portillon_source_entries_total{operation="ete",source="tv"}"#, 5.0),
                    (#"portillon_source_entries_total{operation="ete",source="other"}"#, 4),
                    (#"portillon_refusals_total{operation="ete",reason="consent_missing"}"#, 4),
                    (#"portillon_refusals_total{operation="ete",reason="invalid"}"#, 1),
                    (#"portillon_refusals_total{operation="ete",reason="closed"}"#, 0),
                    (#"portillon_entry_duration_seconds_count{operation="ete"}"#, 14),
                ] {
                    #expect(try gateway.metric(series) == value, "\(series)")
                }
                let state = try gateway.state(of: operation)
                #expect(state["refusals"]?["consent_missing"]?.integer == 4, "\(state)")
                let tv = state["sources"]?.elements.first { $0["source"]?.string == "tv" }
                #expect(tv?["entries"]?.integer == 5 && tv?["declared"]?.bool == true, "\(state)")
                // A rate is of the last seconds, and measured a few times a second. A repetition is
                // an attempt, and in none of the counts above.
                var status = JSON.null
                let isPushed = try eventually(withinSeconds: 30) {
                    #expect(try gateway.post(keyed).status == 200)
                    status = try gateway.admin("GET", "/v1/status").json
                    return (status["pushing"]?[0]?["attempts_per_second"]?.double ?? 0) > 0
                }
                #expect(isPushed, "\(status)")
                let first = try #require(status["pushing"]?[0], "\(status)")
                #expect(first["operation"]?.string == "ete", "\(status)")
                #expect((first["p99_seconds"]?.double ?? 0) > 0, "\(status)")
                let said = try gateway.say("status").output
                for text in ["ATTEMPTS_PER_SECOND", "\ttv 5 ", "\t4 consent_missing"] {
                    #expect(said.contains(text), "\(text): \(said)")
                }
                let shown = try gateway.say("operation", "show", "ete").output
                for text in [
                    "4 consent_missing, 1 invalid", "tv 5", "others 4", "99 % within",
                ] {
                    #expect(shown.contains(text), "\(text): \(shown)")
                }
            }
        }

        @Test("an undeclared tag that was found is counted on")
        func unknownSources() throws {
            let gateway = try Gateway()
            try gateway.start(options: ["--policy", "source_entries=10"])
            let operation = try gateway.openOperation()
            func enter(_ run: String, _ count: Int) throws {
                for number in 0..<count {
                    let entry = operation.entry("\(run)-\(number)", members: #""source":"tv""#)
                    #expect(try gateway.post(entry).status == 201)
                }
            }
            // Of a machine that stands still too few come within ten seconds: then more do.
            var count = 0
            let isFound = try eventually(withinSeconds: 120) {
                if try gateway.state(of: operation)["unknown_sources"]?[0] != nil { return true }
                try enter("a\(count)", 12)
                count += 12
                return false
            }
            #expect(isFound)
            let before = try gateway.state(of: operation)["unknown_sources"]?[0]
            try enter("b", 7)
            let after = try gateway.state(of: operation)["unknown_sources"]?[0]
            #expect(after?["entries"]?.integer == 10, "as it was found")
            let since = try #require(before?["entries_since"]?.integer)
            #expect(after?["entries_since"]?.integer == since + 7, "\(String(describing: after))")
            // It is nobody's declared tag, so metrics have it among the others.
            let other = #"portillon_source_entries_total{operation="ete",source="other"}"#
            #expect(try gateway.metric(other) == Double(count + 7))
            try gateway.declareSource("tv")
            try enter("c", 2)
            #expect(try gateway.metric(other) == Double(count + 7), "no count goes down")
            #expect(
                try gateway.metric(#"portillon_source_entries_total{operation="ete",source="tv"}"#)
                    == 2)
            #expect(try gateway.stop() == .exit(0), "\(gateway.errors)")
        }

        @Test("every series that can be known exists before the first entry, and none comes later")
        func series() throws {
            try withGateway { gateway in
                let operation = try gateway.openOperation(settings: #""minimum_age":18"#)
                try gateway.declareSource("tv")
                let before = try gateway.series()
                let aged = #""age_confirmed":true"#
                for (members, status) in [
                    (aged + #","source":"tv""#, 201), (aged, 200), ("", 403),
                    (aged + #","source":"x""#, 200),
                ] {
                    let entry = operation.entry("anne", members: members)
                    #expect(try gateway.post(entry).status == status)
                }
                var wrong = operation.entry("a")
                wrong.fields[0].value = "Bearer pk_wrong"
                #expect(try gateway.post(wrong).status == 401)
                #expect(try gateway.post(operation.request(body: "[]")).status == 422)
                let path = "/v1/operations/ete"
                let pace = try gateway.admin("POST", path + "/pace", #"{"per_second":1}"#)
                #expect(pace.status == 200)
                for number in 0..<4 {
                    _ = try gateway.post(operation.entry("w-\(number)", members: aged))
                }
                let held = try gateway.admin(
                    "POST", path + "/suspend", #"{"ground":"stability","note":"n"}"#)
                #expect(held.status == 200)
                #expect(try gateway.post(operation.entry("bernard", members: aged)).status == 503)
                #expect(try gateway.admin("GET", path + "/evidence").status == 200)
                #expect(try gateway.admin("GET", "/v1/nothing").status == 404)
                #expect(try gateway.admin("PUT", "/v1/clients/acme", "{").status == 400)
                #expect(try gateway.connect().exchange("GET / HTTP/1.1\r\n\r\n").status == 400)
                let after = try gateway.series()
                #expect(after.subtracting(before).isEmpty, "\(after.subtracting(before).sorted())")
                #expect(before.subtracting(after).isEmpty, "\(before.subtracting(after).sorted())")
                // The manual has a table of them.
                let manual = try String(
                    contentsOf: URL(filePath: #filePath).deletingLastPathComponent()
                        .appending(path: "../../ops/manual/operating.md").standardized,
                    encoding: .utf8)
                for name in try gateway.families() where !name.hasPrefix("process_") {
                    #expect(manual.contains(name), "\(name)")
                }
                for bound in ["0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1.0"] {
                    for family in ["http_request_duration", "entry_duration", "commit_duration"] {
                        #expect(
                            after.contains {
                                $0.hasPrefix("portillon_\(family)_seconds_bucket")
                                    && $0.contains("le=\"\(bound)\"")
                            }, "\(family) \(bound)")
                    }
                }
                for kind in [
                    "report", "entry", "entry_queue", "entry_keys", "entry_storage", "entry_table",
                    "admin_request", "change", "connection", "request_memory", "handshake",
                ] {
                    #expect(try gateway.metric("portillon_shed_total{kind=\"\(kind)\"}") == 0)
                }
            }
        }

        @Test("the journal: used beside allocated, what the disk has left, and for how long")
        func journal() throws {
            try withGateway { gateway in
                let operation = try gateway.openOperation()
                let used = try gateway.metric("portillon_journal_used_bytes")
                for number in 0..<20 {
                    #expect(try gateway.post(operation.entry("p-\(number)")).status == 201)
                }
                let grown = try gateway.metric("portillon_journal_used_bytes")
                #expect(grown > used && used > 0, "\(used) \(grown)")
                #expect(grown < (try gateway.metric("portillon_journal_bytes")))
                #expect(try gateway.metric("portillon_disk_free_bytes") > 0)
                #expect(try gateway.metric("portillon_disk_full_seconds") > 0)
                let journal = try gateway.admin("GET", "/v1/status").json["journal"]
                #expect(
                    (journal?["used_bytes"]?.double ?? 0) >= grown, "\(String(describing: journal))"
                )
                #expect((journal?["full_in_seconds"]?.double ?? 0) > 0)
                let said = try gateway.say("status").output
                #expect(said.contains(" allocated, ") && said.contains("full in"), "\(said)")
            }
        }

        @Test("what is refused because the disk does not answer is shed, too")
        func storage() throws {
            let gateway = try Gateway()
            let faults = try Faults(for: gateway)
            // Longer than a busy machine stands still; and one worker: what it has found holds for
            // whoever comes next.
            try gateway.start(
                faults: faults, options: ["--limit", "answer_seconds=12", "--workers", "1"])
            let operation = try gateway.openOperation()
            try faults.set("fdatasync:HANG:1+")
            let waiting = try gateway.connect()
            try waiting.send(operation.entry("anne").text)
            #expect(try waiting.receive().status == 503)
            #expect(try gateway.post(operation.entry("bernard")).status == 503)
            #expect(try gateway.metric(#"portillon_shed_total{kind="entry_storage"}"#) == 1)
            #expect(
                try gateway.metric(
                    #"portillon_refusals_total{operation="ete",reason="not_storable"}"#) == 1)
            try faults.set("off")
            #expect(eventually(withinSeconds: 30) { gateway.answersReady() })
            #expect(try gateway.stop() == .exit(0), "\(gateway.errors)")
        }
    }
}

extension Gateway {
    /// Declares a campaign with this tag, which begins tomorrow.
    fileprivate func declareSource(_ source: String) throws {
        let answer = try admin(
            "POST", "/v1/operations/ete/campaigns",
            "{\"channel\":\"television\",\"recipients\":1000,\"starts\":\"\(time(in: 86_400))\","
                + "\"source\":\"\(source)\"}")
        try #require(answer.status == 201, "\(answer)")
    }

    fileprivate func families() throws -> [String] {
        let text = try adminConnection().exchange(HTTPRequest("GET", "/metrics").text).text
        return text.split(separator: "\n").filter { $0.hasPrefix("# TYPE ") }
            .map { String($0.split(separator: " ")[2]) }
    }

    /// The names of all series with their labels.
    fileprivate func series() throws -> Set<Substring> {
        let text = try adminConnection().exchange(HTTPRequest("GET", "/metrics").text).text
        return Set(
            text.split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap { line in
                line.lastIndex(of: " ").map { line[..<$0] }
            })
    }
}
