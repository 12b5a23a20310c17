import Foundation
import Testing
import Wire

@testable import Gateway

/// What the gateway answers, held against the shapes that the OpenAPI document has of it.
@Suite("Answers have the shape that is documented", .onOwnThread)
struct ShapeTests {
    private func check(
        _ method: String, _ path: String, _ answer: Answer,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let segments = PathPattern.split(path)
        let route = try #require(
            AdminRouteTable.routes.first {
                $0.method == method && $0.pattern.match(segments) != nil
            }, sourceLocation: sourceLocation)
        let documented = route.answers.first { $0.status.rawValue == UInt16(answer.status) }
        let shape = try #require(
            documented?.content.first { $0.type == "application/json" }?.shape,
            "\(method) \(path): \(answer)", sourceLocation: sourceLocation)
        let violations = shape.violations(in: answer.object, at: "")
        #expect(
            violations.isEmpty, "\(method) \(path): \(violations)", sourceLocation: sourceLocation)
    }

    @Test("of every route, for an operation with all there can be of it")
    func everyRoute() throws {
        let gateway = try TestGateway()
        func ask(_ method: String, _ path: String, _ body: String = "") throws -> Answer {
            let answer = try gateway.admin(method, path, body)
            try check(method, path, answer)
            return answer
        }
        _ = try ask("GET", "/v1/token")
        _ = try ask("PUT", "/v1/clients/acme", #"{"name":"Acme"}"#)
        try everyClientRoute(ask)
        let path = "/v1/operations/ete"
        _ = try ask(
            "PUT", path,
            #"{"client":"acme","title":"Été","minimum_age":18,"consents":["rules"],"#
                + #""allowed_origins":["https://a.example"],"opens":"2026-01-01T00:00:00Z","#
                + #""identity":"phone","country":"FR","second_key":{"name":"home","limit":2},"#
                + #""cap":{"participants":5}}"#)
        _ = try ask(
            "PATCH", path,
            "{\"consent_texts\":{\"rules\":\"\(String(repeating: "0a", count: 32))\"},"
                + #""public_reason":"Back soon."}"#)
        _ = try ask("POST", path + "/open")
        let key = try ask("POST", path + "/keys").object["key_id"] as? String
        _ = try ask("POST", path + "/traffic-notice", #"{"expected_participants":90000}"#)
        let campaign = try ask(
            "POST", path + "/campaigns",
            #"{"channel":"email","recipients":1000,"starts":"2030-01-01T00:00:00Z","note":"n"}"#)
        _ = try ask("GET", path + "/campaigns")
        _ = try ask("GET", "/v1/calendar")
        _ = try ask(
            "POST", path + "/campaign-check",
            #"{"channel":"sms","recipients":9000,"starts":"2030-01-01T00:00:00Z","#
                + #""capacity_per_second":2}"#)
        _ = try ask("POST", path + "/keys", #"{"front_end":"server"}"#)
        _ = try ask("GET", path + "/keys")
        _ = try ask("POST", path + "/pace", #"{"per_second":10}"#)
        _ = try ask(
            "POST", path + "/suspend",
            #"{"ground":"security","until":"2030-01-01T00:00:00Z","note":"n"}"#)
        _ = try ask("GET", path)
        _ = try ask("GET", path + "/evidence")
        _ = try ask("POST", path + "/resume")
        _ = try ask("POST", path + "/notes", #"{"text":"by telephone"}"#)
        _ = try ask("GET", path + "/notes")
        for ground in ["unpaid", "breach", "fraud"] {
            let rule = try gateway.admin(
                "GET",
                "/v1/suspension-notice?ground=\(ground)&delivered_at=2026-01-01T00:00:00Z")
            try check("GET", "/v1/suspension-notice", rule)
        }
        let name = try #require(campaign.object["campaign"] as? String)
        _ = try ask("DELETE", path + "/campaigns/" + name)
        _ = try ask("DELETE", path + "/traffic-notice")
        _ = try ask("POST", "/v1/keys/\(try #require(key))/suspect", #"{"note":"seen"}"#)
        _ = try ask("GET", path)
        _ = try ask(
            "POST", "/v1/keys/\(try #require(key))/revoke",
            #"{"reason":"lost","declared_at":"2026-01-01T00:00:00Z"}"#)
        let token = try ask("POST", "/v1/tokens", #"{"role":"scrape","name":"p"}"#)
        let id = try #require(token.object["token_id"] as? String)
        _ = try ask("POST", "/v1/tokens/\(id)/suspect")
        _ = try ask("POST", "/v1/tokens/\(id)/renew", #"{"overlap_seconds":60}"#)
        _ = try ask("GET", "/v1/tokens")
        _ = try ask("POST", "/v1/tokens/\(id)/revoke", #"{"reason":"rotated"}"#)
        let webhook = try ask(
            "POST", "/v1/webhooks",
            #"{"client":"acme","url":"http://127.0.0.1:1/","events":["key.revoked"]}"#)
        let webhookID = try #require(webhook.object["webhook_id"] as? String)
        _ = try ask("POST", "/v1/webhooks/\(webhookID)/test")
        _ = try ask("GET", "/v1/webhooks")
        _ = try ask("GET", "/v1/webhooks/\(webhookID)/deliveries")
        _ = try ask("DELETE", "/v1/webhooks/\(webhookID)")
        try everyPermitRoute(ask)
        try everyServiceRoute(ask)
        try everyAvailabilityRoute(ask)
        _ = try ask("GET", "/v1/operations")
        _ = try ask("GET", "/v1/status")
        _ = try ask("GET", "/openapi.json")
        _ = try ask("POST", path + "/close")
        _ = try ask("POST", path + "/reset", #"{"confirm":"ete"}"#)
        _ = try ask("DELETE", path, #"{"confirm":"ete"}"#)
    }

    private func everyPermitRoute(
        _ ask: (String, String, String) throws -> Answer
    ) throws {
        let issued = try ask(
            "POST", "/v1/permits",
            #"{"operation":"ete","per_second":5,"#
                + "\"starts\":\"\(Date().formatted(.iso8601))\","
                + "\"ends\":\"\(Date(timeIntervalSinceNow: 60).formatted(.iso8601))\","
                + #""addresses":["10.0.0.0/8"],"note":"n"}"#)
        let id = try #require(issued.object["permit_id"] as? String)
        let text = try #require(issued.object["permit"] as? String)
        _ = try ask("POST", "/v1/permits/verify", "{\"permit\":\"\(text)\"}")
        _ = try ask("POST", "/v1/permits/verify", #"{"permit":"x"}"#)
        _ = try ask("POST", "/v1/permits/\(id)/revoke", "")
        _ = try ask("POST", "/v1/permits/\(id)/purge", "{\"confirm\":\"\(id)\"}")
        _ = try ask("GET", "/v1/permits", "")
    }

    private func everyServiceRoute(
        _ ask: (String, String, String) throws -> Answer
    ) throws {
        let hours = #"{"opens":"09:00","closes":"18:30","days":["monday","saturday"],"#
        _ = try ask("PUT", "/v1/calendar", hours + #""holidays":["2026-12-24"]}"#)
        _ = try ask(
            "PUT", "/v1/calendar", hours + #""holidays":"FR","time_zone":"Europe/Paris"}"#)
        _ = try ask("PUT", "/v1/calendar", hours + #""holidays":null,"time_zone":null}"#)
        _ = try ask(
            "POST", "/v1/incidents",
            #"{"severity":"critical","title":"No entry","note":"n","client":"acme"}"#)
        let path = "/v1/incidents/1"
        _ = try ask("POST", path + "/acknowledge", #"{"note":"n"}"#)
        _ = try ask("POST", path + "/notes", #"{"text":"t"}"#)
        _ = try ask("POST", path + "/reclassify", #"{"severity":"minor"}"#)
        _ = try ask("POST", path + "/resolve", #"{"outcome":"not_ours","note":"n"}"#)
        _ = try ask("GET", path, "")
        _ = try ask("POST", path + "/reopen", #"{"note":"n"}"#)
        _ = try ask("POST", "/v1/incidents", #"{"severity":"minor","title":"Slow"}"#)
        _ = try ask("GET", "/v1/incidents", "")
        _ = try ask(
            "POST", "/v1/maintenance",
            #"{"kind":"scheduled","starts":"\#(inHours(24))","ends":"\#(inHours(25))","#
                + #""note":"n","recurrence":{"every_days":7,"occurrences":2}}"#)
        _ = try ask("POST", "/v1/maintenance", #"{"kind":"emergency"}"#)
        _ = try ask(
            "POST", "/v1/maintenance/1/extend", #"{"ends":"\#(inHours(26))","note":"n"}"#)
        _ = try ask("GET", "/v1/calendar", "")
        _ = try ask("POST", "/v1/maintenance/1/end", #"{"series":true}"#)
        _ = try ask("POST", "/v1/maintenance/3/end", #"{"note":"n"}"#)
        _ = try ask("GET", "/v1/maintenance", "")
        _ = try ask(
            "POST", "/v1/force-majeure", #"{"kind":"flood","starts":"\#(inHours(-1))","note":"n"}"#)
        _ = try ask("POST", "/v1/force-majeure/1/end", "{}")
        _ = try ask("GET", "/v1/force-majeure", "")
        let minute = inHours(-1).prefix(17)
        _ = try ask(
            "POST", "/v1/corrections",
            #"{"from":"\#(inHours(-2).prefix(17))00Z","to":"\#(minute)00Z","#
                + #""becomes":"accessible","client":"acme","reason":"no network"}"#)
        _ = try ask("GET", "/v1/corrections", "")
        _ = try ask(
            "POST", "/v1/changes",
            #"{"note":"n","takes_effect_at":"\#(inHours(800))","degrades":true,"client":"acme"}"#)
        _ = try ask("POST", "/v1/changes/1/withdraw", #"{"note":"n"}"#)
        _ = try ask("GET", "/v1/changes", "")
    }

    /// A time so many hours from now: `2026-11-20T12:00:00Z`.
    private func inHours(_ hours: Double) -> String {
        Date(timeIntervalSinceNow: hours * 3_600).formatted(.iso8601)
    }

    private func everyAvailabilityRoute(
        _ ask: (String, String, String) throws -> Answer
    ) throws {
        let minute = Date(
            timeIntervalSince1970: (Date().timeIntervalSince1970 / 60).rounded(.down) * 60 - 60)
        _ = try ask(
            "POST", "/v1/probes/paris/minutes",
            "{\"minute\":\"\(minute.formatted(.iso8601))\",\"attempts\":60,"
                + #""failed":9,"slow":1}"#)
        _ = try ask("GET", "/v1/availability", "")
        _ = try ask("DELETE", "/v1/probes/paris", "")
        _ = try ask("GET", "/v1/statement", "")
    }

    private func everyClientRoute(
        _ ask: (String, String, String) throws -> Answer
    ) throws {
        let path = "/v1/clients/acme"
        _ = try ask("GET", path, "")
        _ = try ask(
            "POST", path + "/suspend",
            #"{"ground":"unpaid","note":"n","notice":{"delivered_at":"2026-01-01T00:00:00Z"},"#
                + #""fault":"operator","until":"2090-01-01T00:00:00Z"}"#)
        _ = try ask("GET", path, "")
        _ = try ask("POST", path + "/notes", #"{"text":"by telephone"}"#)
        _ = try ask("GET", path + "/notes", "")
        _ = try ask("GET", path + "/status", "")
        _ = try ask("POST", path + "/resume", #"{"note":"paid"}"#)
    }

    @Test("a value that has another shape is found")
    func violations() {
        let shape = Shape.object([
            .required("name", .identifier), .optional("at", .time), .required("n", .integer(0...9)),
        ])
        #expect(shape.violations(in: ["name": "a", "n": 3], at: "").isEmpty)
        #expect(shape.violations(in: ["name": "A", "n": 3], at: "") == ["/name: no identifier"])
        #expect(shape.violations(in: ["name": "a", "n": 10], at: "") == ["/n: not within 0...9"])
        #expect(shape.violations(in: ["name": "a"], at: "") == ["/n: missing"])
        #expect(
            shape.violations(in: ["name": "a", "n": 1, "x": 1], at: "") == ["/x: undocumented"])
        #expect(shape.violations(in: ["name": "a", "n": 1, "at": "x"], at: "") == ["/at: no time"])
    }
}

extension Shape {
    /// The shapes that others name.
    private static var components: [String: Shape] {
        [
            "Operation": OperationView.shape, "Campaign": CampaignView.shape,
            "Token": TokenView.shape,
        ]
    }

    /// What of a parsed JSON value has another shape, one line each.
    func violations(in value: Any, at pointer: String) -> [String] {
        switch self {
        case .any: []
        case .boolean: value is Bool ? [] : ["\(pointer): no boolean"]
        case .number: value is NSNumber ? [] : ["\(pointer): no number"]
        case .integer(let range):
            (value as? Int).map(range.contains) == true ? [] : ["\(pointer): not within \(range)"]
        case .text(let length):
            (value as? String).map { length.contains($0.unicodeScalars.count) } == true
                ? [] : ["\(pointer): no text of \(length)"]
        case .identifier:
            (value as? String)?.wholeMatch(of: /[a-z0-9][a-z0-9\-]{0,63}/) != nil
                ? [] : ["\(pointer): no identifier"]
        case .time:
            (value as? String)?.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil
                ? [] : ["\(pointer): no time"]
        case .choice(let words):
            (value as? String).map(words.contains) == true
                ? [] : ["\(pointer): none of \(words)"]
        case .array(let element, let maximum): arrayViolations(element, maximum, value, pointer)
        case .map(let shape):
            (value as? [String: Any])?.flatMap {
                shape.violations(in: $1, at: pointer + "/" + $0)
            } ?? ["\(pointer): no object"]
        case .object(let members): objectViolations(members, value, pointer)
        case .nullable(let shape): value is NSNull ? [] : shape.violations(in: value, at: pointer)
        case .either(let one, let other):
            one.violations(in: value, at: pointer).isEmpty
                ? [] : other.violations(in: value, at: pointer)
        case .named(let name):
            Self.components[name]?.violations(in: value, at: pointer)
                ?? ["\(pointer): no shape is named \(name)"]
        }
    }

    private func arrayViolations(
        _ element: Shape, _ maximum: Int?, _ value: Any, _ pointer: String
    ) -> [String] {
        guard let elements = value as? [Any] else { return ["\(pointer): no array"] }
        guard elements.count <= maximum ?? .max else { return ["\(pointer): too many"] }
        return elements.enumerated().flatMap { element.violations(in: $1, at: "\(pointer)/\($0)") }
    }

    private func objectViolations(
        _ members: [Member], _ value: Any, _ pointer: String
    ) -> [String] {
        guard let object = value as? [String: Any] else { return ["\(pointer): no object"] }
        var violations: [String] = []
        for member in members {
            if let value = object[member.name] {
                violations += member.shape.violations(in: value, at: "\(pointer)/\(member.name)")
            } else if member.isRequired {
                violations.append("\(pointer)/\(member.name): missing")
            }
        }
        let known = Set(members.map(\.name))
        violations += object.keys.filter { !known.contains($0) }.sorted()
            .map { "\(pointer)/\($0): undocumented" }
        return violations
    }
}
