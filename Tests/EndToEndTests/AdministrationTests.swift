import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Operators declare, open, close and look; nobody else does")
    struct AdministrationTests {
        @Test("the admin token is written once, for its owner alone, and is needed")
        func token() throws {
            try withGateway { gateway in
                let path = gateway.directory.path("data/admin.token")
                let attributes = try FileManager.default.attributesOfItem(atPath: path)
                #expect(attributes[.posixPermissions] as? Int == 0o600)
                let token = gateway.token
                #expect(token.utf8.count >= 16)
                let client = #"{"name":"Acme"}"#
                expectProblem(
                    try gateway.admin("PUT", "/v1/clients/acme", client, token: "no"), 401)
                let bare = HTTPRequest("PUT", "/v1/clients/acme", body: client)
                let connection = try HTTPConnection(port: gateway.adminPort)
                expectProblem(try connection.exchange(bare.text), 401)
                #expect(try gateway.admin("PUT", "/v1/clients/acme", client).status / 100 == 2)
                #expect(try gateway.stop() == .exit(0))
                try gateway.start()
                #expect(gateway.token == token, "a second start keeps the token")
                #expect(try gateway.admin("GET", "/v1/operations").status == 200)
            }
        }

        @Test("what is declared comes back, and is still there after kill -9")
        func declarations() throws {
            try withGateway { gateway in
                let draft = try gateway.declareOperation("hiver", rule: "daily")
                #expect(try gateway.state(of: draft)["state"]?.string == "draft")
                let operation = try gateway.openOperation()
                let second = try gateway.makeKey(for: "ete")
                _ = try gateway.admin(
                    "POST", "/v1/keys/\(operation.keyIdentifier)/revoke", #"{"reason":"lost"}"#)
                for name in ["anne", "bernard", "anne"] { _ = try gateway.post(second.entry(name)) }
                let before = try gateway.state(of: operation)
                for (name, value) in [
                    ("operation", "ete"), ("client", "acme"), ("title", "Été"), ("state", "open"),
                    ("rule", "once"),
                ] {
                    #expect(before[name]?.string == value, "\(name): \(before)")
                }
                #expect(before["participants"]?.integer == 2, "\(before)")
                #expect(before["entries"]?.integer == 2, "\(before)")
                #expect(before["cover"]?.integer == 50_000, "C2: \(before)")
                #expect(before["verdicts"]?["accepted"]?.integer == 2, "\(before)")
                #expect(before["verdicts"]?["repeated"]?.integer == 1, "\(before)")
                let keys = before["keys"]?.elements ?? []
                #expect(keys.count == 2, "\(before)")
                for key in keys {
                    let isRevoked = key["key_id"]?.string == operation.keyIdentifier
                    #expect(isTimestamp(key["created_at"]?.string), "\(key)")
                    #expect(isTimestamp(key["revoked_at"]?.string) == isRevoked, "\(key)")
                    #expect(key["key"] == nil, "a key is shown once")
                }
                try gateway.kill()
                try gateway.start()
                let after = try gateway.state(of: operation)
                let kept = [
                    "client", "title", "state", "rule", "entries", "participants", "cover", "keys",
                ]
                for name in kept { #expect(after[name] == before[name], "\(name): \(after)") }
                #expect(try gateway.state(of: draft)["state"]?.string == "draft")
                let list = try gateway.admin("GET", "/v1/operations")
                #expect(list.text.contains("hiver") && list.text.contains("ete"), "\(list)")
            }
        }

        @Test("settings may change later, the client never, the rule not once there are entries")
        func changes() throws {
            try withGateway { gateway in
                let operation = try gateway.openOperation()
                func put(_ members: String) throws -> HTTPAnswer {
                    try gateway.admin("PUT", "/v1/operations/ete", "{\(members)}")
                }
                let rest = #""robots":"off","policy":"advise""#
                let renamed = try put(#""client":"acme","title":"Août","rule":"daily",\#(rest)"#)
                #expect(renamed.status / 100 == 2, "\(renamed)")
                #expect(try gateway.state(of: operation)["state"]?.string == "open")
                #expect(try gateway.state(of: operation)["title"]?.string == "Août")
                #expect(try gateway.post(operation.entry("anne")).status == 201)
                expectProblem(
                    try put(#""client":"acme","title":"Août","rule":"once",\#(rest)"#), 409)
                _ = try gateway.admin("PUT", "/v1/clients/other", #"{"name":"Other"}"#)
                expectProblem(
                    try put(#""client":"other","title":"Août","rule":"daily",\#(rest)"#), 409)
            }
        }

        @Test("what is not there is 404, what is not right 422 with its place")
        func mistakes() throws {
            try withGateway { gateway in
                expectProblem(try gateway.admin("GET", "/v1/operations/nowhere"), 404)
                expectProblem(try gateway.admin("POST", "/v1/operations/nowhere/open", "{}"), 404)
                expectProblem(try gateway.admin("GET", "/v1/nothing"), 404)
                _ = try gateway.admin("PUT", "/v1/clients/acme", #"{"name":"Acme"}"#)
                let cases = [
                    (#"{"client":"acme","title":"T","rule":"twice"}"#, "/rule"),
                    (#"{"client":"acme","title":"T","rule":"once","colour":"red"}"#, "/colour"),
                    (#"{"client":"acme","title":7,"rule":"once"}"#, "/title"),
                    (#"{"client":"acme","title":"T","rule":"once","opens":"soon"}"#, "/opens"),
                ]
                for (body, pointer) in cases {
                    let answer = try gateway.admin("PUT", "/v1/operations/ete", body)
                    expectProblem(answer, 422)
                    let pointers = answer.json["errors"]?.elements.map { $0["pointer"]?.string }
                    #expect(pointers == [pointer], "\(answer)")
                }
                let name = String(repeating: "a", count: 65)
                let body = #"{"client":"acme","title":"T","rule":"once"}"#
                let long = try gateway.admin("PUT", "/v1/operations/\(name)", body)
                #expect((400..<500).contains(long.status), "an identifier of 65 bytes: \(long)")
            }
        }
    }
}
