import Foundation
import Testing

@testable import Gateway

@Suite("What is suspected works, and each request with it counts once", .onOwnThread)
struct SuspectedKeyTests {
    private let health = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"

    /// Sends a request in two parts; the first has been read when the second goes out.
    private func exchangeInParts(
        _ request: String, _ client: WireClient, beside other: () throws -> WireClient
    ) throws -> Answer {
        try client.send(String(request.dropLast(4)))
        #expect(try other().exchange(health).status == 200)
        try client.send(String(request.suffix(4)))
        return try client.receive()
    }

    private func uses(_ gateway: TestGateway) throws -> Int {
        let list = try gateway.admin("GET", "/v1/operations/ete/keys")
        let keys = try #require(list.object["keys"] as? [[String: Any]], "\(list)")
        return keys.first?["suspected_uses"] as? Int ?? 0
    }

    @Test("an entry, whole or in parts, accepted, repeated or refused")
    func key() throws {
        let gateway = try TestGateway()
        let operation = try gateway.open("ete")
        #expect(try gateway.connect().exchange(operation.entry("anna")).status == 201)
        let list = try gateway.admin("GET", "/v1/operations/ete/keys")
        let keys = try #require(list.object["keys"] as? [[String: Any]], "\(list)")
        let id = try #require(keys.first?["key_id"] as? String)
        #expect(keys.first?["suspected_at"] == nil)
        #expect(try gateway.admin("POST", "/v1/keys/\(id)/suspect").status == 200)
        #expect(try uses(gateway) == 0, "what came before does not count")
        #expect(try gateway.connect().exchange(operation.entry("bert")).status == 201)
        #expect(try gateway.connect().exchange(operation.entry("bert")).status == 200)
        #expect(try uses(gateway) == 2)
        let parts = try exchangeInParts(
            operation.entry("carl"), gateway.connect(), beside: { try gateway.connect() })
        #expect(parts.status == 201, "\(parts)")
        #expect(try uses(gateway) == 3)
        #expect(try gateway.admin("POST", "/v1/operations/ete/close").status == 200)
        #expect(try gateway.connect().exchange(operation.entry("dora")).status == 410)
        #expect(try uses(gateway) == 4)
        let other = try gateway.open("hiver")
        let stolen = TestOperation(name: other.name, key: operation.key)
        #expect(try gateway.connect().exchange(stolen.entry("emil")).status == 403)
        #expect(try uses(gateway) == 5, "a try at another operation is a use")
    }

    @Test("a request of a token, whole or in parts")
    func token() throws {
        let gateway = try TestGateway()
        _ = try gateway.open("ete")
        let made = try gateway.admin("POST", "/v1/tokens", #"{"role":"operator","name":"m"}"#)
        let token = try #require(made.object["token"] as? String, "\(made)")
        let id = try #require(made.object["token_id"] as? String)
        #expect(try gateway.admin("POST", "/v1/tokens/\(id)/suspect").status == 200)
        let body = #"{"per_second":50}"#
        let request = """
            POST /v1/operations/ete/pace HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(token)\r
            Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)
            """
        let port = gateway.adminPort
        #expect(try WireClient(port: port).exchange(request).status == 200)
        let parts = try exchangeInParts(
            request, WireClient(port: port), beside: { try WireClient(port: port) })
        #expect(parts.status == 200, "\(parts)")
        let list = try gateway.admin("GET", "/v1/tokens")
        let tokens = try #require(list.object["tokens"] as? [[String: Any]], "\(list)")
        #expect(tokens.first?["suspected_uses"] as? Int == 2, "\(tokens)")
        #expect(tokens.first?["state"] as? String == "suspected", "\(tokens)")
    }
}
