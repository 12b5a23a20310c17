import Foundation
import Testing

@testable import Gateway

@Suite("The OpenAPI document")
struct OpenAPITests {
    private func object(_ bytes: [UInt8]) throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
    }

    /// Every reference below a value.
    private func references(_ value: Any) -> [String] {
        if let object = value as? [String: Any] {
            return object.flatMap { name, value in
                name == "$ref" ? [value as? String ?? ""] : references(value)
            }
        }
        return (value as? [Any] ?? []).flatMap(references)
    }

    @Test("has every route of both listeners, and every reference leads somewhere")
    func whole() throws {
        let document = try object(OpenAPIDocument.ofBoth)
        let paths = try #require(document["paths"] as? [String: [String: Any]])
        for route in AdminRouteTable.routes {
            #expect(paths[route.pattern.text]?[route.method.lowercased()] != nil)
            let names = route.query.map(\.name)
            #expect(Set(names).count == names.count, "\(route.pattern.text): \(names)")
        }
        for route in PublicRouteTable.routes {
            #expect(paths[route.pattern.text]?[route.method.lowercased()] != nil)
        }
        let components = try #require(document["components"] as? [String: Any])
        let schemas = try #require(components["schemas"] as? [String: Any])
        for reference in references(document) {
            let name = reference.replacingOccurrences(of: "#/components/schemas/", with: "")
            #expect(schemas[name] != nil, "\(reference)")
        }
    }

    @Test("of the public listener says nothing of the admin's")
    func publicHalf() throws {
        let document = try object(OpenAPIDocument.ofPublic)
        let paths = try #require(document["paths"] as? [String: [String: Any]])
        #expect(Set(paths.keys) == Set(PublicRouteTable.routes.map(\.pattern.text)))
        #expect(!String(decoding: OpenAPIDocument.ofPublic, as: UTF8.self).contains("token"))
    }

    @Test("of the public listener is a file: compressed, and not sent again to who has it")
    func publicFile() throws {
        let gateway = try TestGateway()
        func ask(_ fields: String) throws -> Answer {
            try gateway.connect().exchange(
                "GET /openapi.json HTTP/1.1\r\nHost: a\r\n\(fields)\r\n")
        }
        let plain = try ask("")
        #expect(plain.status == 200 && plain.body == OpenAPIDocument.ofPublic)
        let tag = try #require(plain["etag"])
        let again = try ask("If-None-Match: \(tag)\r\n")
        #expect(again.status == 304 && again.body.isEmpty)
        let compressed = try ask("Accept-Encoding: gzip\r\n")
        #expect(compressed["content-encoding"] == "gzip")
        #expect(compressed.body.count < plain.body.count / 2)
    }

    @Test("has the header field that a stream of events goes on by")
    func fields() throws {
        let document = try object(OpenAPIDocument.ofBoth)
        let paths = try #require(document["paths"] as? [String: [String: Any]])
        let operation = try #require(paths["/v1/events"]?["get"] as? [String: Any])
        let parameters = operation["parameters"] as? [[String: Any]] ?? []
        let field = try #require(parameters.first { $0["in"] as? String == "header" })
        #expect(field["name"] as? String == "Last-Event-ID")
        #expect(field["required"] as? Bool == false)
        let schema = try #require(field["schema"] as? [String: String])
        let pattern = try Regex(schema["pattern"] ?? "(")
        #expect("4711".wholeMatch(of: pattern) != nil && "x".wholeMatch(of: pattern) == nil)
        let responses = operation["responses"] as? [String: Any] ?? [:]
        #expect(responses["422"] != nil && responses["410"] != nil)
    }

    @Test(
        "offers no zero where the ledger refuses it",
        arguments: [
            ("/v1/operations/{operation}/pace", "per_second"),
            ("/v1/operations/{operation}/traffic-notice", "expected_participants"),
            ("/v1/operations/{operation}/campaigns", "recipients"),
        ])
    func minimums(path: String, name: String) throws {
        let route = AdminRouteTable.routes.first { $0.method == "POST" && $0.pattern.text == path }
        guard case .object(let members)? = route?.body else {
            Issue.record("no body: \(path)")
            return
        }
        let member = try #require(members.first { $0.name == name })
        switch member.shape {
        case .integer(let range), .nullable(.integer(let range)): #expect(range.lowerBound == 1)
        default: Issue.record("no whole number: \(member)")
        }
    }

    @Test("has the parameters of each list's query")
    func parameters() throws {
        let document = try object(OpenAPIDocument.ofBoth)
        let paths = try #require(document["paths"] as? [String: [String: Any]])
        func names(_ path: String) -> [String] {
            let operation = paths[path]?["get"] as? [String: Any]
            let parameters = operation?["parameters"] as? [[String: Any]] ?? []
            #expect(parameters.allSatisfy { $0["in"] as? String == "query" })
            return parameters.compactMap { $0["name"] as? String }
        }
        #expect(names("/v1/operations") == ["client", "state", "after", "limit"])
        for path in [
            "/v1/tokens", "/v1/operations/{operation}/campaigns",
            "/v1/operations/{operation}/keys",
        ] {
            #expect(names(path) == ["after", "limit"])
        }
        for route in AdminRouteTable.routes where route.method == "GET" {
            // Whatever answers a list of unbounded length has pages, or a bound.
            for answer in route.answers {
                for content in answer.content {
                    guard case .object(let members)? = content.shape else { continue }
                    for member in members {
                        guard case .array(_, let maximum) = member.shape else { continue }
                        #expect(maximum != nil, "\(route.pattern.text): \(member.name)")
                    }
                }
            }
        }
    }

    @Test("operation identifiers are unlike each other")
    func identifiers() throws {
        let document = try object(OpenAPIDocument.ofBoth)
        let paths = try #require(document["paths"] as? [String: [String: Any]])
        let identifiers = paths.values.flatMap { item in
            item.values.compactMap { ($0 as? [String: Any])?["operationId"] as? String }
        }
        #expect(Set(identifiers).count == identifiers.count)
    }
}
