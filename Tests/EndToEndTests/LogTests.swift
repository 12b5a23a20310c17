import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("The log has a line for what is on record, with numbers, and nothing that people gave")
    struct LogTests {
        @Test(
            "one line for each record of a dossier: its author, its figures, once, over a restart")
        func dossier() throws {
            let gateway = try Gateway()
            let faults = try Faults(for: gateway)
            let options = ["--policy", "source_entries=20"]
            try gateway.start(faults: faults, options: options)
            let operation = try gateway.openOperation()
            let marie = try gateway.makeToken(#"{"role":"operator","name":"marie"}"#)
            let client = try gateway.makeToken(#"{"role":"client","client":"acme"}"#)
            try administer(gateway, marie: marie, client: client)
            try surge(gateway, operation)
            try strain(gateway, faults, operation)

            // The suspension's end, and the last change, are on record.
            let isOver = eventually(withinSeconds: 30) {
                !gateway.lines(with: "event", "suspension.ended").isEmpty
            }
            #expect(isOver, "\(gateway.errors)")
            let dossier = try gateway.admin("GET", "/v1/operations/ete/evidence").json
            try compare(dossier, gateway)
            try inspect(gateway)
            // What is read at a start is no news. The log is whole when the process has ended.
            #expect(try gateway.stop() == .exit(0), "\(gateway.errors)")
            let before = gateway.lines.count { $0["record"] != nil }
            try gateway.start(options: options)
            var fresh: [JSON] = []
            _ = eventually(withinSeconds: 30) {
                fresh = Array(gateway.lines.filter { $0["record"] != nil }.dropFirst(before))
                return !fresh.isEmpty
            }
            #expect(fresh.map { $0["command"]?.string } == ["fact.started"], "\(fresh)")
            #expect(try gateway.stop() == .exit(0), "\(gateway.errors)")
        }

        /// Changes by an admin, an operator and a client, each with a note that is nobody's
        /// business.
        private func administer(_ gateway: Gateway, marie: String, client: String) throws {
            let note = #""note":"note-secret""#
            let path = "/v1/operations/ete"
            let soon = time(in: 600)
            for (method, part, body, token) in [
                ("PATCH", "", #"{"minimum_age":18,"title":"title-secret"}"#, gateway.token),
                ("PATCH", "", #"{"minimum_age":null}"#, client),
                ("POST", "/keys", "{}", client),
                ("POST", "/traffic-notice", "{\"expected_participants\":80000,\(note)}", client),
                ("DELETE", "/traffic-notice", "{\(note)}", client),
                (
                    "POST", "/campaigns",
                    "{\"channel\":\"radio\",\"recipients\":5000,\"starts\":\"\(time(in: -9))\","
                        + "\"source\":\"radio\",\(note)}", client
                ),
                ("POST", "/pace", "{\"per_second\":5000}", marie),
                ("POST", "/pace", #"{"per_second":null}"#, marie),
                (
                    "POST", "/suspend",
                    "{\"ground\":\"security\",\"until\":\"\(soon)\",\(note)}", marie
                ),
                ("POST", "/resume", "{\(note)}", marie),
                ("POST", "/close", "{\(note)}", client), ("POST", "/open", "{}", gateway.token),
            ] {
                let answer = try gateway.admin(method, path + part, body, token: token)
                #expect((200..<300).contains(answer.status), "\(method) \(part): \(answer)")
            }
            let key = try gateway.makeKey(for: "ete").keyIdentifier
            let revoked = try gateway.admin("POST", "/v1/keys/\(key)/revoke", #"{"reason":"lost"}"#)
            #expect(revoked.status == 200, "\(revoked)")
        }

        /// An undeclared tag brings most of what comes.
        private func surge(_ gateway: Gateway, _ operation: Operation) throws {
            let members =
                #""source":"tv-spot","fields":{"mail":"field-secret@example.org"}"#
            var number = 0
            func bring(_ count: Int) throws {
                for _ in 0..<count {
                    number += 1
                    let entry = operation.entry(
                        "participant-secret-\(number)", members: members,
                        fields: [("Idempotency-Key", "key-secret-\(number)")])
                    #expect(try gateway.post(entry).status == 201)
                }
            }
            try bring(25)
            // Of a machine that stands still too few come within ten seconds: then more do.
            let isFound = try eventually(withinSeconds: 120) {
                if !gateway.lines(with: "command", "fact.unknown_source").isEmpty { return true }
                pause(milliseconds: 100)
                try bring(5)
                return false
            }
            #expect(isFound, "\(gateway.errors)")
            let answer = try gateway.admin(
                "POST", "/v1/operations/ete/suspend",
                "{\"ground\":\"stability\",\"until\":\"\(time(in: 8))\",\"note\":\"note-secret\"}")
            #expect(answer.status == 200, "\(answer)")
        }

        /// A disk that hangs is strain; what it brings about is on record when it is back.
        private func strain(
            _ gateway: Gateway, _ faults: Faults, _ operation: Operation
        ) throws {
            try faults.set("fdatasync:HANG:1+")
            let change = try gateway.adminConnection()
            let credentials = (name: "Authorization", value: "Bearer \(gateway.token)")
            try change.send(
                HTTPRequest(
                    "POST", "/v1/operations/ete/keys", [credentials], body: "{}"
                ).text)
            let isStrained = try eventually(withinSeconds: 30) {
                try gateway.metric(#"portillon_pressure{level="calm"}"#) == 0
            }
            #expect(isStrained, "\(gateway.errors)")
            try faults.set("off")
            _ = try? change.receive()  // 201, or 503: whether it is stored is not the point
            let isTold = eventually(withinSeconds: 60) {
                gateway.lines.contains { $0["message"]?.string == "pressure changed" }
            }
            #expect(isTold, "\(gateway.errors)")
        }

        // MARK: What must hold

        /// Every record of the dossier has one line that says the same; every line about the
        /// operation is in the dossier.
        private func compare(_ dossier: JSON, _ gateway: Gateway) throws {
            let items = dossier["items"]?.elements ?? []
            let end = try #require(dossier["as_of"]?["sequence"]?.integer)
            let last = try #require(items.last?["place"]?["sequence"]?.integer)
            let isWritten = eventually(withinSeconds: 30) {
                gateway.lines.contains { $0["record"]?.integer == last }
            }
            #expect(isWritten, "record \(last): \(gateway.errors)")
            #expect(items.count > 15, "\(dossier)")
            var known: Set<Int> = []
            for item in items {
                let number = try #require(item["place"]?["sequence"]?.integer)
                let found = gateway.lines.filter { $0["record"]?.integer == number }
                #expect(found.count == 1, "record \(number): \(found)")
                guard let line = found.first, let record = item["record"] else { continue }
                known.insert(number)
                for name in ["command", "event"] {
                    #expect(line[name]?.string == record[name]?.string, "\(line)")
                }
                if item["by"]?["role"]?.string != "gateway" {
                    #expect(line["by"] == item["by"]?["name"], "\(line)")
                    #expect(line["role"] == item["by"]?["role"], "\(line)")
                }
                guard case .object(let members) = record else { continue }
                for (name, value) in members {
                    // The journal has moments as milliseconds, the log as everything else has them.
                    guard let told = line[name], !isTimestamp(told.string) else { continue }
                    switch value {
                    case .number, .bool: #expect(told == value, "\(name): \(line)")
                    default: break
                    }
                }
            }
            let own = gateway.lines.filter { $0["operation"]?.string == "ete" }
                .compactMap { $0["record"]?.integer }.filter { $0 <= end }
            #expect(own.count > 15 && Set(own).subtracting(known).isEmpty, "\(own) \(known)")
        }

        /// Numbers are numbers, and nothing of what people gave, wrote or sent stands anywhere.
        private func inspect(_ gateway: Gateway) throws {
            #expect(!gateway.errors.contains("secret"))
            let pace = try #require(gateway.lines(with: "command", "operation.set_pace").first)
            #expect(pace["per_second"]?.integer == 5_000 && pace["by"]?.string == "marie")
            let campaign = try #require(
                gateway.lines(with: "command", "contract.declare_campaign").first)
            #expect(campaign["late"]?.bool == true && campaign["recipients"]?.integer == 5_000)
            #expect(campaign["by"]?.string == "acme" && campaign["role"]?.string == "client")
            let changed = gateway.lines(with: "command", "operation.put").map { $0["changed"] }
            #expect(
                changed == [
                    nil, .array([.string("minimum_age"), .string("title")]),
                    .array([.string("minimum_age")]),
                ])
            let source = try #require(
                gateway.lines(with: "command", "fact.unknown_source").first)
            #expect(source["source"]?.string == "tv-spot" && source["entries"]?.integer == 20)
            let pressure = try #require(
                gateway.lines.first { $0["message"]?.string == "pressure changed" })
            #expect(pressure["before"]?.string == "calm", "\(pressure)")
            for name in ["commit_seconds", "queue_wait_seconds", "attempts_per_second"] {
                #expect(pressure[name]?.double != nil, "\(pressure)")
            }
            let started = try #require(gateway.lines(with: "command", "fact.started").first)
            #expect(started["policy"]?["source_entries"]?.integer == 20, "\(started)")
            #expect(gateway.lines(with: "command", "access.add_token").count == 2)
        }

        // MARK: Refusals

        @Test(
            "refused tokens, keys and origins: a line a minute with counts, networks for addresses")
        func refusals() throws {
            try withGateway { gateway in
                let operation = try gateway.openOperation(
                    settings: #""allowed_origins":["https://a.example"]"#)
                let began = ContinuousClock.now
                let scrape = try gateway.makeToken(#"{"role":"scrape","name":"prometheus"}"#)
                for _ in 0..<30 {
                    #expect(try gateway.admin("GET", "/v1/status", token: "ot_wrong").status == 401)
                }
                #expect(try gateway.admin("GET", "/v1/status", token: scrape).status == 403)
                let none = HTTPRequest("GET", "/v1/status").text
                #expect(try gateway.adminConnection().exchange(none).status == 401)
                var wrong = operation.entry("anne")
                wrong.fields[0].value = "Bearer pk_wrong"
                for _ in 0..<30 { #expect(try gateway.post(wrong).status == 401) }
                let foreign = operation.entry("b", fields: [("Origin", "https://b.example")])
                for _ in 0..<30 { #expect(try gateway.post(foreign).status == 403) }
                let messages = [
                    "refused requests of the admin listener for their tokens",
                    "refused entries: no front-end key, or one that is unknown or revoked",
                    "refused entries: allowed_origins does not name the page's origin",
                ]
                for message in messages {
                    let isTold = eventually(withinSeconds: 30) {
                        !gateway.lines(with: "message", message).isEmpty
                    }
                    #expect(isTold, "\(message): \(gateway.errors)")
                }
                let tokens = try #require(gateway.lines(with: "message", messages[0]).first)
                #expect((tokens["count"]?.integer ?? 0) >= 1, "\(tokens)")
                let refusal = try #require(tokens["refusals"]?.elements.first)
                #expect(refusal["reason"]?.string == "unknown", "\(tokens)")
                #expect(refusal["address"]?.string == "127.0.0.0/24", "\(tokens)")
                #expect(refusal["count"]?.integer != nil, "\(tokens)")
                let origins = try #require(gateway.lines(with: "message", messages[2]).first)
                #expect(
                    origins["origins"]?[0]?["origin"]?.string == "https://b.example", "\(origins)")
                #expect(origins["origins"]?[0]?["operation"]?.string == "ete", "\(origins)")
                for (reason, count) in [("unknown", 30.0), ("role", 1), ("missing", 1)] {
                    let series = "portillon_tokens_refused_total{reason=\"\(reason)\"}"
                    #expect(try gateway.metric(series) == count, "\(reason)")
                }
                for message in messages {
                    let minutes = Int((ContinuousClock.now - began) / .seconds(60))
                    let count = gateway.lines(with: "message", message).count
                    #expect((1...(1 + minutes)).contains(count), "\(message): \(count)")
                }
                #expect(!gateway.errors.contains("_wrong"), "no secret, not even a wrong one")
            }
        }

        // MARK: Levels, reloads

        @Test("debug tells each admin request and every setting; info does not")
        func debug() throws {
            for level in ["info", "debug"] {
                let gateway = try Gateway()
                try gateway.start(options: ["--log-level", level, "--limit", "batch_entries=77"])
                _ = try gateway.openOperation()
                #expect(try gateway.admin("GET", "/v1/operations/none").status == 404)
                #expect(try gateway.admin("GET", "/v1/status", token: "at_wrong").status == 401)
                #expect(try gateway.stop() == .exit(0), "\(gateway.errors)")
                let requests = gateway.lines(with: "message", "request answered")
                let settings = gateway.lines(with: "message", "setting")
                if level == "info" {
                    #expect(requests.isEmpty && settings.isEmpty, "\(gateway.errors)")
                    continue
                }
                let missing = try #require(requests.first { $0["status"]?.integer == 404 })
                #expect(missing["route"]?.string == "operation", "\(missing)")
                #expect(missing["method"]?.string == "GET", "\(missing)")
                #expect(missing["by"]?.string == "admin", "\(missing)")
                #expect(missing["duration_seconds"]?.double.map { $0 >= 0 } == true, "\(missing)")
                #expect(!requests.contains { $0["status"]?.integer == 401 }, "those are counted")
                let batch = settings.first { $0["setting"]?.string == "limits.batch_entries" }
                #expect(batch?["value"]?.integer == 77, "\(settings)")
                #expect(batch?["from"]?.string?.hasPrefix("flag") == true, "\(settings)")
            }
        }

        @Test("metrics tell whether the last reload took effect, and since when")
        func reloads() throws {
            let gateway = try Gateway()
            let path = gateway.directory.path("portillon.json")
            func reload(_ text: String, until value: Double) throws -> Bool {
                try text.write(toFile: path, atomically: true, encoding: .utf8)
                gateway.process?.send(SIGHUP)
                return try eventually(withinSeconds: 30) {
                    try gateway.metric("portillon_config_last_reload_successful") == value
                }
            }
            let time = "portillon_config_last_reload_success_timestamp_seconds"
            try #"{"limits":{"idle_seconds":9}}"#.write(
                toFile: path, atomically: true, encoding: .utf8)
            try gateway.start(options: ["--config", path])
            #expect(try gateway.metric("portillon_config_last_reload_successful") == 1)
            let first = try gateway.metric(time)
            #expect(first > 1_000_000_000)
            #expect(try reload("{", until: 0), "\(gateway.errors)")
            #expect(try gateway.metric(time) == first, "what is in force is as old as before")
            #expect(try reload(#"{"limits":{"idle_seconds":8}}"#, until: 1), "\(gateway.errors)")
            #expect(try gateway.metric(time) > first)
            #expect(gateway.says("limits.idle_seconds"), "\(gateway.errors)")
            let line = try #require(gateway.lines(with: "setting", "limits.idle_seconds").first)
            #expect(line["before"]?.integer == 9 && line["now"]?.integer == 8, "\(line)")
            #expect(try gateway.stop() == .exit(0), "\(gateway.errors)")
        }
    }
}

extension Gateway {
    /// The lines of its log that are JSON, parsed.
    var lines: [JSON] {
        errors.split(separator: "\n").compactMap { line in
            // What is no JSON is no line of the log's.
            try? JSONDecoder().decode(JSON.self, from: Data(line.utf8))
        }
    }

    func lines(with name: String, _ value: String) -> [JSON] {
        lines.filter { $0[name]?.string == value }
    }

    /// A new token.
    func makeToken(_ body: String) throws -> String {
        let answer = try admin("POST", "/v1/tokens", body)
        return try #require(answer.json["token"]?.string, "\(answer)")
    }

    /// The value of one series of `/metrics`, by its whole name with labels.
    func metric(_ series: String) throws -> Double {
        let text = try adminConnection().exchange(HTTPRequest("GET", "/metrics").text).text
        let line = text.split(separator: "\n").first { $0.hasPrefix(series + " ") }
        let value = line?.split(separator: " ").last.map(String.init) ?? ""
        return try #require(value == "+Inf" ? Double.infinity : Double(value), "\(series): \(text)")
    }
}
