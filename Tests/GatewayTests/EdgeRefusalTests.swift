import Bytes
import Foundation
import Testing
import Wire

@testable import Gateway

/// HTTP.md, rule by rule, over real sockets. The parser's own tests have more of each kind, and
/// each of them byte by byte; here is what a client sees.
@Suite("What the edge refuses, and why", .onOwnThread)
struct EdgeRefusalTests {
    private let health = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"

    @Test("each rule's breach is answered with its status, ends the connection, and is counted")
    func refusals() throws {
        let gateway = try TestGateway()
        var counts: [String: Double] = [:]
        for refusal in EdgeRefusal.all {
            let client = try gateway.connect()
            // A good request first: it is answered; one behind must not be.
            try client.send(health + refusal.request + health)
            #expect(try client.receive().status == 200, "\(refusal)")
            let answer = try client.receive()
            #expect(answer.status == refusal.status, "\(refusal): \(answer)")
            #expect(answer.object["code"] as? String == refusal.code, "\(refusal): \(answer)")
            #expect(answer["connection"] == "close", "\(refusal)")
            #expect(answer["content-type"] == "application/problem+json", "\(refusal)")
            #expect(answer["date"] != nil && answer["server"] == nil, "\(refusal)")
            #expect(answer["x-content-type-options"] == "nosniff", "\(refusal)")
            #expect(client.ending() == .finished, "\(refusal)")
            counts[refusal.code, default: 0] += 1
        }
        for (code, count) in counts {
            let told = try gateway.metric(
                "portillon_http_rejections_total", "listener=\"public\"", "reason=\"\(code)\"")
            #expect(told == count, "\(code)")
        }
        #expect(try gateway.isWell)
    }

    @Test("there is a breach for each rejection that there is, but for those tested elsewhere")
    func complete() {
        let tested = Set(EdgeRefusal.all.map(\.code))
        // Deadlines are below; a repeated field is a rule of RFC 9110's, and below as well.
        let elsewhere: Set = ["head_timeout", "body_timeout", "repeated_field"]
        for rejection in HTTPRejection.allCases where !elsewhere.contains("\(rejection.code)") {
            #expect(tested.contains("\(rejection.code)"), "\(rejection.code)")
        }
        #expect(tested.isDisjoint(with: elsewhere))
    }

    @Test(
        "a field that frames nothing but must come once, comes once",
        arguments: [
            "Authorization", "Content-Type", "Idempotency-Key", "Origin",
        ])
    func repeatedFields(name: String) throws {
        let gateway = try TestGateway()
        let operation = try gateway.open("ete")
        let client = try gateway.connect()
        let twice = operation.entry("a", fields: "\(name): a\r\n\(name): a\r\n")
        #expect(try client.exchange(twice).status == 400)
        #expect(client.ending() == .finished)
    }

    // MARK: What is taken

    private static func health(_ fields: String, _ body: String = "") -> String {
        "GET /healthz HTTP/1.1\r\nHost: a\r\n\(fields)\r\n\(body)"
    }

    private static let takenRequests: [(String, String, Int)] = [
        ("one CRLF before the method", "\r\n" + health(""), 200),
        ("HTTP/1.2 is HTTP/1.1", "GET /healthz HTTP/1.2\r\nHost: a\r\n\r\n", 200),
        ("an absolute form", "GET http://a/healthz HTTP/1.1\r\nHost: A\r\n\r\n", 200),
        ("Upgrade is ignored", health("Connection: Upgrade\r\nUpgrade: h2c\r\n"), 200),
        ("a name of 255 bytes", health(String(repeating: "n", count: 255) + ": b\r\n"), 200),
        ("a tab in a value", health("X: a\tb\r\n"), 200),
        ("64 fields", health(String(repeating: "X: b\r\n", count: 63)), 200),
        ("a body that nobody asked for", health("Content-Length: 2\r\n", "{}"), 200),
        (
            "256 bytes of chunk extensions",
            health(
                "Transfer-Encoding: chunked\r\n",
                "2;" + String(repeating: "e", count: 255) + "\r\n{}\r\n0\r\n\r\n"), 200
        ),
        (
            "forbidden trailers are dropped",
            health(
                "Transfer-Encoding: chunked\r\n",
                "2\r\n{}\r\n0\r\nContent-Length: 9\r\nHost: b\r\nTransfer-Encoding: x\r\n\r\n"),
            200
        ),
        ("`OPTIONS *` is answered", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 204),
        ("404 by route", "GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n", 404),
        ("405 by route", "PUT /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", 405),
        ("a method that nobody knows: 405", "BREW /healthz HTTP/1.1\r\nHost: a\r\n\r\n", 405),
        ("TRACE: 405", "TRACE /healthz HTTP/1.1\r\nHost: a\r\n\r\n", 405),
    ]

    @Test(
        "what is close to a breach is served, and the connection goes on", arguments: takenRequests)
    func taken(name: String, request: String, status: Int) throws {
        let gateway = try TestGateway()
        for port in [gateway.port, gateway.adminPort] {
            // What is nowhere takes a token on the admin listener.
            if port == gateway.adminPort, status == 404 { continue }
            let client = try WireClient(port: port)
            let answer = try client.exchange(request)
            #expect(answer.status == status, "\(answer)")
            #expect(answer["connection"] == nil)
            #expect(answer["date"] != nil)
            if status == 405 { #expect(answer["allow"]?.contains("GET") == true) }
            // Neither length nor type where there is no body.
            if status == 204 {
                #expect(answer["allow"]?.contains("OPTIONS") == true)
                #expect(answer["content-length"] == nil && answer["content-type"] == nil)
            }
            #expect(try client.exchange(health).status == 200)
        }
    }

    @Test(
        "HTTP/1.0 is served, without keep-alive",
        arguments: [
            "GET /healthz HTTP/1.0\r\n\r\n",
            "GET /healthz HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n",
        ])
    func oldVersion(request: String) throws {
        let gateway = try TestGateway()
        let client = try gateway.connect()
        try client.send(request + request)
        let answer = try client.receive()
        #expect(answer.status == 200)
        #expect(answer["connection"] == "close")
        #expect(client.ending() == .finished)
    }

    @Test("what came over the wire breaks no line on the way out")
    func injection() throws {
        let gateway = try TestGateway()
        let operation = try gateway.open("ete", #""rule":"once","allowed_origins":["https://a"]"#)
        for origin in ["https://a\u{E9}", "https://a%0d%0aX: y", "https://a, https://b", "null"] {
            let answer = try gateway.connect()
                .exchange(operation.entry("a", fields: "Origin: \(origin)\r\n"))
            #expect(answer.status == 403, "\(answer)")
            #expect(answer["access-control-allow-origin"] == "*", "readable, and not echoed")
            #expect(answer["x"] == nil)
        }
    }
}
