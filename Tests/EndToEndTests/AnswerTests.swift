import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("An answer is bound to its request, and says what is so")
    struct AnswerTests {
        @Test("the record of an entry names the consents that were given, and their texts")
        func consents() throws {
            try withGateway { gateway in
                let rules = String(repeating: "0a", count: 32)
                let news = String(repeating: "ff", count: 32)
                let free = try gateway.openOperation("libre")
                #expect(try gateway.post(free.entry("anne")).status == 201)
                let given = free.entry("bernard", members: #""consents":["news","news"]"#)
                #expect(try gateway.post(given).status == 201)
                let operation = try gateway.openOperation(
                    settings: """
                        "consents":["rules","privacy"],\
                        "consent_texts":{"rules":"\(rules)","news":"\(news)"}
                        """)
                let all = #""consents":["news","privacy","rules"]"#
                #expect(try gateway.post(operation.entry("claire", members: all)).status == 201)
                let printed = try gateway.say("journal", "print", gateway.data)
                let entries = try printed.output.split(separator: "\n")
                    .map { try JSONDecoder().decode(JSON.self, from: Data($0.utf8)) }
                    .filter { $0["kind"]?.string == "entry" }
                try #require(entries.count == 3, "\(printed)")
                #expect(
                    entries.map { $0["consents_given"] } == [
                        .bool(false), .bool(false), .bool(true),
                    ])
                #expect(
                    entries.map { $0["consents"]?.elements.compactMap(\.string) ?? [] }
                        == [[], ["news"], ["news", "privacy", "rules"]])
                #expect(entries[1]["consent_texts"] == .object([:]))
                #expect(
                    entries[2]["consent_texts"]
                        == .object(["rules": .string(rules), "news": .string(news)]))
                let wrong = [
                    #"{"consent_texts":{"rules":"abc"}}"#,
                    "{\"consent_texts\":{\"rules\":\"\(rules.uppercased())\"}}",
                    "{\"consent_texts\":{\"\":\"\(rules)\"}}", #"{"consent_texts":["rules"]}"#,
                ]
                for body in wrong {
                    expectProblem(try gateway.admin("PATCH", "/v1/operations/ete", body), 422)
                }
                let exported = try gateway.admin(
                    "DELETE", "/v1/operations/ete", #"{"confirm":"ete"}"#)
                let file = try #require(exported.json["export"]?["file"]?.string, "\(exported)")
                let line = gateway.directory.text("data/exports/" + file).split(separator: "\n")
                    .last
                #expect(line?.contains(#""consents":["news","privacy","rules"]"#) == true)
                #expect(line?.contains(rules) == true)
            }
        }

        @Test("a refusal names all reasons, and which consents are missing")
        func reasons() throws {
            try withGateway { gateway in
                let operation = try gateway.openOperation(
                    settings: #""minimum_age":18,"consents":["rules","privacy"],"#
                        + #""allowed_origins":["https://a.example"]"#)
                func refusal(_ members: String, origin: String? = nil) throws -> HTTPAnswer {
                    let fields = origin.map { [(name: "Origin", value: $0)] } ?? []
                    let answer = try gateway.post(
                        operation.entry("anne", members: members, fields: fields))
                    expectProblem(answer, 403, code: "refused")
                    return answer
                }
                func texts(_ answer: HTTPAnswer, _ name: String) -> [String] {
                    answer.json[name]?.elements.compactMap(\.string) ?? []
                }
                let nothing = try refusal("")
                #expect(texts(nothing, "reasons") == ["age_not_confirmed", "consent_missing"])
                #expect(texts(nothing, "missing_consents") == ["rules", "privacy"])
                let one = try refusal(#""age_confirmed":true,"consents":["rules"]"#)
                #expect(texts(one, "reasons") == ["consent_missing"])
                #expect(texts(one, "missing_consents") == ["privacy"])
                let young = try refusal(#""consents":["privacy","rules"]"#)
                #expect(texts(young, "reasons") == ["age_not_confirmed"])
                #expect(young.json["missing_consents"] == nil)
                let foreign = try refusal(#""consents":["rules"]"#, origin: "https://b.example")
                #expect(
                    texts(foreign, "reasons")
                        == ["origin_not_allowed", "age_not_confirmed", "consent_missing"])
                #expect(texts(foreign, "missing_consents") == ["privacy"])
                let page = try gateway.connect()
                    .exchange(HTTPRequest("GET", "/v1/operations/ete").text).json
                #expect(page["minimum_age"]?.integer == 18)
                #expect(page["consents"]?.elements == [.string("rules"), .string("privacy")])
                #expect(page["limits"]?["participant_bytes"]?.integer == 256)
                #expect(page["limits"]?["fields_bytes"]?.integer == 8_192)
            }
        }

        @Test("the state is what is so: its dates, a suspension for good, nothing of a draft")
        func states() throws {
            try withGateway { gateway in
                func state(_ name: String) throws -> JSON {
                    try gateway.connect().exchange(
                        HTTPRequest("GET", "/v1/operations/\(name)").text
                    ).json
                }
                func expect(_ name: String, _ expected: String, verdict: String) throws {
                    #expect(try state(name)["state"]?.string == expected)
                    let admin = try gateway.admin("GET", "/v1/operations/\(name)")
                    #expect(admin.json["state"]?.string == expected, "\(admin)")
                    let status = try gateway.admin("GET", "/v1/status").json["operations"]?.elements
                    let listed = status?.first { $0["operation"]?.string == name }
                    #expect(listed?["state"]?.string == expected, "\(status ?? [])")
                    let metrics = try gateway.adminConnection()
                        .exchange(HTTPRequest("GET", "/metrics").text).text
                    let series =
                        "portillon_operation_state{operation=\"\(name)\",state=\"\(expected)\"} 1"
                    #expect(metrics.contains(series), "\(series)")
                    let entry = try gateway.makeKey(for: name)
                        .entry("anne", fields: [("Origin", "https://page.example")])
                    let answer = try gateway.post(entry)
                    #expect(answer.json["verdict"]?.string == verdict, "\(answer)")
                    #expect(answer["access-control-allow-origin"] == "*")
                }
                _ = try gateway.openOperation(
                    "demain", settings: #""opens":"2090-01-01T00:00:00Z""#)
                try expect("demain", "scheduled", verdict: "closed")
                _ = try gateway.openOperation("hier", settings: #""closes":"2020-01-01T00:00:00Z""#)
                try expect("hier", "ended", verdict: "closed")
                _ = try gateway.openOperation(
                    "ete", settings: #""public_reason":"Back on Monday.""#)
                func suspend(_ members: String) throws {
                    let answer = try gateway.admin(
                        "POST", "/v1/operations/ete/suspend",
                        "{\"ground\":\"fraud\",\"note\":\"n\"\(members)}")
                    #expect(answer.status == 200, "\(answer)")
                }
                func reason() throws -> String? {
                    let answer = try gateway.post(gateway.makeKey(for: "ete").entry("anne"))
                    #expect(!answer.text.contains("fraud"), "\(answer)")
                    let page = try state("ete")
                    #expect(page["reason"] == answer.json["reason"], "\(page)")
                    return answer.json["reason"]?.string
                }
                try suspend("")
                #expect(try reason() == "Back on Monday.")
                try suspend(#","public_reason":"We mend it.""#)
                #expect(try reason() == "We mend it.")
                try expect("ete", "suspended", verdict: "suspended")
                _ = try gateway.admin("PATCH", "/v1/operations/ete", #"{"public_reason":null}"#)
                try suspend(#","definitive":true"#)
                #expect(try reason()?.isEmpty == false, "a neutral one")
                try expect("ete", "suspended_definitively", verdict: "suspended")
                _ = try gateway.declareOperation("brouillon")
                #expect(try state("brouillon")["code"]?.string == "unknown_operation")
            }
        }

        @Test("those who are refused together are told different times to come back")
        func spread() throws {
            try withGateway { gateway in
                let end = Date(timeIntervalSinceNow: 600)
                let soon = ISO8601DateFormatter().string(from: end)
                let later = try gateway.openOperation("demain", settings: "\"opens\":\"\(soon)\"")
                let held = try gateway.openOperation("ete")
                _ = try gateway.admin(
                    "POST", "/v1/operations/ete/suspend",
                    "{\"ground\":\"security\",\"note\":\"n\",\"until\":\"\(soon)\"}")
                let endless = try gateway.openOperation("sans-fin")
                _ = try gateway.admin(
                    "POST", "/v1/operations/sans-fin/suspend",
                    #"{"ground":"security","note":"n"}"#)
                for (operation, wait) in [(later, 600), (held, 600), (endless, 300)] {
                    let connection = try gateway.connect()
                    var retries: Set<Int> = []
                    for person in 0..<100 {
                        let answer = try connection.exchange(operation.entry("p-\(person)").text)
                        retries.insert(try #require(answer["retry-after"].flatMap { Int($0) }))
                    }
                    #expect(retries.count > 20, "\(operation.name): \(retries.sorted())")
                    // What is left now was left for each of them; the end has whole seconds.
                    let left = min(wait, Int(end.timeIntervalSinceNow) - 2)
                    #expect(try #require(retries.min()) >= left, "\(operation.name)")
                    #expect(try #require(retries.max()) <= wait * 3 / 2 + 5, "\(operation.name)")
                }
            }
        }

        @Test(
            "one setting is changed and the others stay; a client's token may, but for the policy")
        func patch() throws {
            try withGateway { gateway in
                let operation = try gateway.openOperation(
                    rule: "daily",
                    settings: """
                        "minimum_age":18,"consents":["rules"],"opens":"2020-01-01T00:00:00Z"
                        """)
                func patch(
                    _ body: String, token: String? = nil,
                    type: String = "application/merge-patch+json"
                ) throws -> HTTPAnswer {
                    try gateway.admin(
                        "PATCH", "/v1/operations/ete", body, token: token,
                        fields: [("Content-Type", type)])
                }
                let before = try gateway.state(of: operation)
                let titled = try patch(#"{"title":"Summer"}"#)
                #expect(
                    titled.status == 200 && titled.json["title"]?.string == "Summer", "\(titled)")
                for name in ["rule", "minimum_age", "consents", "opens", "state", "policy"] {
                    #expect(titled.json[name] == before[name], "\(name)")
                }
                let unset = try patch(
                    #"{"opens":null,"minimum_age":null}"#, type: "application/json")
                #expect(unset.json["opens"] == nil && unset.json["minimum_age"] == nil, "\(unset)")
                #expect(unset.json["title"]?.string == "Summer", "\(unset)")
                #expect(try patch("{}").json["title"]?.string == "Summer")
                expectProblem(try patch(#"{"title":null}"#), 422)
                expectProblem(try patch(#"{"colour":"red"}"#), 422)
                expectProblem(try patch("[]"), 422)
                expectProblem(try patch("{"), 400)
                expectProblem(try patch("{}", type: "text/plain"), 415)
                expectProblem(try patch(#"{"client":"other"}"#), 409)
                expectProblem(
                    try gateway.admin("PATCH", "/v1/operations/nobody", "{}"), 404,
                    code: "unknown_operation")
                let made = try gateway.admin(
                    "POST", "/v1/tokens", #"{"role":"client","client":"acme"}"#)
                let token = try #require(made.json["token"]?.string, "\(made)")
                #expect(try patch(#"{"title":"Été"}"#, token: token).status == 200)
                expectProblem(try patch(#"{"policy":"enforce"}"#, token: token), 403)
                #expect(try gateway.state(of: operation)["policy"]?.string == "advise")

                let said = try gateway.say("operation", "set", "ete", "--title", "Winter", "--json")
                #expect(said.json["title"]?.string == "Winter", "\(said)")
                #expect(said.json["rule"]?.string == "daily", "\(said)")
                let put = try gateway.say(
                    "operation", "put", "ete", "--client", "acme", "--title", "Winter", "--rule",
                    "daily")
                #expect(put.ending == .exit(0), "\(put)")
                #expect(put.errors.contains("consents: rules -> none"), "\(put)")
                #expect(!put.errors.contains("title"), "\(put)")
            }
        }

        @Test("a path is the same however its unreserved octets are written; a coding is refused")
        func octets() throws {
            try withGateway { gateway in
                _ = try gateway.openOperation("ete-2026")
                let operation = try gateway.makeKey(for: "ete-2026")
                var entry = operation.entry("anne")
                entry.target = "/v1/operations/ete%2D2026/%65ntries"
                #expect(try gateway.post(entry).status == 201)
                let page = HTTPRequest("GET", "/v1/operations/%65te%2d2026")
                #expect(try gateway.connect().exchange(page.text).status == 200)
                #expect(
                    try gateway.admin("GET", "/v1/operations/ete%2d2026").json["entries"]?.integer
                        == 1)
                #expect(
                    try gateway.connect().exchange(HTTPRequest("GET", "/%68ealthz").text).status
                        == 200)
                entry.target = "/v1/operations/ete-2026%2Fentries"
                // A slash is not unreserved: this is no operation's entries, but the name of one.
                expectProblem(try gateway.post(entry), 405)
                expectProblem(
                    try gateway.post(HTTPRequest("GET", entry.target)), 404,
                    code: "unknown_operation")
                for coding in ["gzip", "br", "GZIP, identity"] {
                    let coded = operation.entry("b", fields: [("Content-Encoding", coding)])
                    expectProblem(try gateway.post(coded), 415, code: "unsupported_media_type")
                    let put = try gateway.admin(
                        "PUT", "/v1/clients/b", #"{"name":"B"}"#,
                        fields: [("Content-Encoding", coding)])
                    expectProblem(put, 415, code: "unsupported_media_type")
                }
                let plain = operation.entry("b", fields: [("Content-Encoding", "identity")])
                #expect(try gateway.post(plain).status == 201)
                let path = "/v1/operations/ete-2026/evidence"
                for (accept, type) in [
                    ("text/html", "text/html"), ("text/html;q=0", "application/json"),
                    ("application/json, text/html;q=0.9", "application/json"),
                    ("application/json;q=0.1, text/*", "text/html"), ("*/*", "application/json"),
                    ("text/htmlx", "application/json"),
                ] {
                    let answer = try gateway.admin("GET", path, fields: [("Accept", accept)])
                    #expect(answer["content-type"]?.hasPrefix(type) == true, "\(accept)")
                }
            }
        }

        @Test("a ticket for a turn after the closing date says so")
        func lateTickets() throws {
            try withGateway { gateway in
                let soon = ISO8601DateFormatter().string(from: Date(timeIntervalSinceNow: 300))
                let operation = try gateway.openOperation(settings: "\"closes\":\"\(soon)\"")
                _ = try gateway.say("operation", "pace", "ete", "1")
                var answers: [HTTPAnswer] = []
                let connection = try gateway.connect()
                // More than there are seconds left, and few enough to be there long before the end.
                for person in 0..<450 {
                    answers.append(try connection.exchange(operation.entry("p-\(person)").text))
                }
                let waiting = answers.filter { $0.status == 429 }
                let inTime = try #require(waiting.first)
                #expect(inTime.json["position"]?.integer == 0, "\(inTime)")
                #expect(inTime.json["closes_before_turn"] == nil, "\(inTime)")
                let late = try #require(waiting.last)
                #expect(late.json["verdict"]?.string == "waiting", "\(late)")
                #expect(late.json["closes_before_turn"] == .bool(true), "\(late)")
                #expect(late.json["closes"]?.string?.hasSuffix("Z") == true, "\(late)")
                #expect(late.json["ticket"]?.string?.isEmpty == false, "\(late)")
                // Those who wait long come back after ten seconds at the latest, spread.
                let pause = try #require(late.json["retry_after"]?.double, "\(late)")
                #expect(pause >= 1 && pause < 11.001, "\(late)")
            }
        }
    }
}
