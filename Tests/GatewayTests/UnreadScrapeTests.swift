import Testing

@testable import Gateway

@Suite("Scrapes that nobody reads")
struct UnreadScrapeTests {
    private static let parkedBytes = 1 << 20
    private static let operations = 100

    private func token(_ gateway: TestGateway, _ name: String) throws -> String {
        let made = try gateway.admin(
            "POST", "/v1/tokens", "{\"role\":\"scrape\",\"name\":\"\(name)\"}")
        return try #require(made.object["token"] as? String, "\(made)")
    }

    private func request(_ token: String, _ fields: String = "") -> String {
        "GET /metrics HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(token)\r\n\(fields)\r\n"
    }

    private func fill(_ gateway: TestGateway) throws {
        let client = try gateway.admin("PUT", "/v1/clients/acme", #"{"name":"Acme"}"#)
        try #require(client.status == 201)
        for number in 0..<Self.operations {
            let put = try gateway.admin(
                "PUT", "/v1/operations/o-\(number)", #"{"client":"acme","title":"T"}"#)
            try #require(put.status == 201, "\(put)")
        }
    }

    @Test("four of one token hold a piece each; the scrapes of others are whole")
    func others() throws {
        let gateway = try TestGateway {
            $0.parkedBytes = Self.parkedBytes
            $0.adminBodyBytes = Self.parkedBytes / 4
            $0.unsentBytes = 4_096
        }
        try fill(gateway)
        let (greedy, modest) = (try token(gateway, "greedy"), try token(gateway, "modest"))
        let unread = try (0..<4).map { _ in
            let client = try WireClient(port: gateway.adminPort, receiveBufferBytes: 4_096)
            try client.send(request(greedy))
            return client
        }
        for client in unread { #expect(try client.receiveHead().status == 200) }
        for _ in 0..<3 {
            let answer = try WireClient(port: gateway.adminPort).exchange(request(modest))
            #expect(answer.status == 200)
            #expect(answer.body.count > Self.parkedBytes / 4, "\(answer.body.count) bytes")
            #expect(answer.text.contains("\nportillon_build_info{"))
            #expect(answer["transfer-encoding"] == "chunked" && answer["connection"] == "close")
        }
        let parked = try gateway.metric("portillon_parked_bytes", "listener=\"admin\"")
        #expect(parked < Double(Self.parkedBytes) / 2, "\(parked)")
        // The share is in places: a fifth one of the same token gets none.
        let fifth = try WireClient(port: gateway.adminPort).exchange(request(greedy))
        #expect(fifth.status == 429)
    }

    @Test("a short one has its length, and its connection goes on; so has a compressed one")
    func short() throws {
        let gateway = try TestGateway()
        let token = try token(gateway, "prometheus")
        let client = try WireClient(port: gateway.adminPort)
        for fields in ["", "Accept-Encoding: gzip\r\n", ""] {
            let answer = try client.exchange(request(token, fields))
            #expect(answer.status == 200 && answer["connection"] != "close")
            #expect(answer["content-length"] == "\(answer.body.count)")
            #expect(answer["content-encoding"] == (fields.isEmpty ? nil : "gzip"))
            #expect(answer["vary"] == "Accept, Accept-Encoding")
        }
    }

    @Test("a token that is revoked meanwhile gets no whole one")
    func revoked() throws {
        let gateway = try TestGateway { $0.unsentBytes = 4_096 }
        try fill(gateway)
        let made = try gateway.admin(
            "POST", "/v1/tokens", #"{"role":"scrape","name":"prometheus"}"#)
        let token = try #require(made.object["token"] as? String, "\(made)")
        let id = try #require(made.object["token_id"] as? String, "\(made)")
        let client = try WireClient(port: gateway.adminPort, receiveBufferBytes: 4_096)
        try client.send(request(token))
        #expect(try client.receiveHead().status == 200)
        _ = try client.receiveChunk()
        let revoked = try gateway.admin("POST", "/v1/tokens/\(id)/revoke", "{}")
        #expect(revoked.status == 200, "\(revoked)")
        #expect(throws: WireClient.Ending.finished, "its last chunk is missing") {
            while try !client.receiveChunk().isEmpty {}
        }
    }
}
