import Foundation
import Testing

@testable import Gateway

@Suite("What a request's head decides by itself", .onOwnThread)
struct HeadTests {
    private let health = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"

    @Test("no refusal of a HEAD has a body")
    func refusedHeads() throws {
        let gateway = try TestGateway()
        for (port, request, status) in [
            (gateway.port, "HEAD /healthz HTTP/1.1\r\n\r\n", 400),
            (gateway.port, "HEAD /healthz HTTP/1.1\r\nHost: a\r\nX : b\r\n\r\n", 400),
            (gateway.port, "HEAD /nowhere HTTP/1.1\r\nHost: a\r\n\r\n", 404),
            (gateway.adminPort, "HEAD /v1/status HTTP/1.1\r\nHost: a\r\n\r\n", 401),
            (
                gateway.adminPort,
                "HEAD /v1/status HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n", 401
            ),
        ] {
            let client = try WireClient(port: port)
            try client.send(request)
            let answer = try client.receive(toHead: true)
            #expect(answer.status == status, "\(request)")
            client.finishSending()
            #expect(client.ending() == .finished, "\(request): a body follows")
        }
    }

    @Test("nobody is told to go on with a body that will be refused")
    func refusedExpectations() throws {
        let gateway = try TestGateway()
        let operation = try gateway.open("ete")
        let expecting = "Host: a\r\nExpect: 100-continue\r\nContent-Length: 100\r\n"
        for (line, status) in [
            ("POST /v1/operations/ete/entries", 401), ("POST /v1/operations/none/entries", 401),
            ("PUT /v1/operations/ete/entries", 405), ("PUT /healthz", 405), ("POST /nowhere", 404),
        ] {
            let client = try gateway.connect()
            try client.send("\(line) HTTP/1.1\r\n\(expecting)\r\n")
            let answer = try client.receive()
            #expect(answer.status == status, "\(line)")
            #expect(answer["connection"] == "close")
            #expect(client.ending() == .finished)
        }
        #expect(try gateway.connect().exchange(operation.entry("a")).status == 201)
    }

    @Test("a method that nothing has is refused with those that the target has")
    func allowedMethods() throws {
        let gateway = try TestGateway()
        for (target, allowed) in [
            ("/healthz", "GET, HEAD"), ("/v1/operations/ete", "GET, HEAD"),
            ("/v1/operations/ete/entries", "POST, OPTIONS"),
        ] {
            for method in ["TRACE", "BREW", "DELETE"] {
                let answer = try gateway.connect()
                    .exchange("\(method) \(target) HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(answer.status == 405)
                #expect(answer["allow"] == allowed, "\(method) \(target)")
            }
        }
    }

    @Test(
        "metrics need a token where any field shows a proxy on this machine",
        arguments: [
            "Forwarded: for=203.0.113.7", "X-Forwarded-For: 203.0.113.7", "X-Real-IP: 203.0.113.7",
            "Via: 1.1 vegur", "via: 2.0 caddy", "X-Forwarded-Host: gateway.example",
            "X-Forwarded-Proto: https", "X-Forwarded-Port: 443", "X-Forwarded-Server: edge",
            "X-Client-IP: 203.0.113.7", "CF-Connecting-IP: 203.0.113.7",
            "True-Client-IP: 203.0.113.7",
        ])
    func scrapesOfProxies(_ line: String) throws {
        let gateway = try TestGateway()
        func status(_ lines: String) throws -> Int {
            try WireClient(port: gateway.adminPort)
                .exchange("GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\n\(lines)\r\n").status
        }
        #expect(try status(line + "\r\n") == 401)
        #expect(try status("User-Agent: a scraper\r\n") == 200)
    }

    @Test("metrics need a token but for this machine under a name of its own")
    func localScrapes() throws {
        let gateway = try TestGateway()
        let port = gateway.adminPort
        func status(_ host: String, _ fields: String = "") throws -> Int {
            try WireClient(port: port)
                .exchange("GET /metrics HTTP/1.1\r\nHost: \(host)\r\n\(fields)\r\n").status
        }
        for host in [
            "127.0.0.1:\(port)", "[::1]:\(port)", "localhost", "LOCALHOST:\(port)", "[::1]",
        ] {
            #expect(try status(host) == 200, "\(host)")
        }
        // A page whose name was made to lead to this machine.
        for host in [
            "rebound.example", "a.b:\(port)", "127.0.0.1.example", "evil", "gateway:\(port)",
            "evil%2eexample", "evil%2Eexample", "localhost.", "localhost.example", "localhostx",
            "%6cocalhost", "127.1", "2130706433", "0x7f000001", "xn--localhost",
        ] {
            #expect(try status(host) == 401, "\(host)")
        }
        // A proxy on this machine that nobody has named.
        for field in ["X-Forwarded-For: 127.0.0.1\r\n", "Forwarded: for=127.0.0.1\r\n"] {
            #expect(try status("localhost", field) == 401, "\(field)")
        }
    }
}
