import TestSupport
import Testing

/// A request that the edge refuses, and the status it refuses it with.
struct BadRequest {
    var name: String
    var status: Int
    var text: String

    init(_ name: String, status: Int = 400, _ text: String) {
        self.name = name
        self.status = status
        self.text = text
    }

    /// A request with these lines after the request line and Host, and this behind its head.
    static func fields(
        _ name: String, status: Int = 400, _ lines: [String], behind: String = ""
    ) -> BadRequest {
        let head = ["POST /v1/operations/ete/entries HTTP/1.1", "Host: a"] + lines
        return BadRequest(
            name, status: status, head.joined(separator: "\r\n") + "\r\n\r\n" + behind)
    }
}

extension EndToEnd {
    @Suite("The edge is strict, because every tolerance is somebody's smuggling vector")
    struct EdgeTests {
        static let framing: [BadRequest] = [
            BadRequest("bare CR in the head", "GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n"),
            BadRequest("bare LF as a line end", "GET / HTTP/1.1\nHost: a\n\n"),
            BadRequest("two empty lines first", "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
            BadRequest("two spaces", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n"),
            BadRequest("a fragment", "GET /#a HTTP/1.1\r\nHost: a\r\n\r\n"),
            BadRequest("non-ASCII in the target", "GET /é HTTP/1.1\r\nHost: a\r\n\r\n"),
            BadRequest("asterisk with GET", "GET * HTTP/1.1\r\nHost: a\r\n\r\n"),
            BadRequest("unknown major version", status: 505, "GET / HTTP/3.0\r\nHost: a\r\n\r\n"),
            BadRequest("no Host", "GET / HTTP/1.1\r\n\r\n"),
            BadRequest("two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"),
            BadRequest("an invalid Host", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"),
            BadRequest("another authority", "GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n"),
            .fields("an empty name", [": b"]),
            .fields("a name of 256 bytes", [String(repeating: "n", count: 256) + ": b"]),
            .fields("a space before the colon", ["X : b"]),
            .fields("a folded line", ["X: b", " c"]),
            .fields("NUL in a value", ["X: b\0"]),
            .fields("a control byte in a value", ["X: b\u{7F}"]),
            .fields("an empty Content-Length", ["Content-Length:"]),
            .fields("a signed Content-Length", ["Content-Length: +2"], behind: "{}"),
            .fields("a Content-Length in hex", ["Content-Length: 0x2"], behind: "{}"),
            .fields("19 digits", ["Content-Length: 0000000000000000002"], behind: "{}"),
            .fields("two lengths", ["Content-Length: 2", "Content-Length: 2"], behind: "{}"),
            .fields("a list of lengths", ["Content-Length: 2, 2"], behind: "{}"),
            .fields(
                "length and chunked", ["Content-Length: 5", "Transfer-Encoding: chunked"],
                behind: "0\r\n\r\n"),
            .fields(
                "chunked twice", ["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"],
                behind: "0\r\n\r\n"),
            .fields("an unknown coding", status: 501, ["Transfer-Encoding: gzip"]),
            .fields(
                "a chunk size with 0x", ["Transfer-Encoding: chunked"], behind: "0x2\r\n{}\r\n"),
            .fields("a signed chunk size", ["Transfer-Encoding: chunked"], behind: "+2\r\n{}\r\n"),
            .fields(
                "a chunk size of 9 digits", ["Transfer-Encoding: chunked"],
                behind: "000000002\r\n{}\r\n0\r\n\r\n"),
            .fields(
                "a chunk without its CRLF", ["Transfer-Encoding: chunked"], behind: "2\r\n{}0\r\n"),
            .fields("an unknown expectation", status: 417, ["Expect: tea", "Content-Length: 2"]),
            BadRequest(
                "chunked in HTTP/1.0",
                "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
            BadRequest(
                "a request line over 8 KiB", status: 414,
                "GET /" + String(repeating: "a", count: 8200) + " HTTP/1.1\r\nHost: a\r\n\r\n"),
            .fields("65 fields", status: 431, (0..<65).map { "X-\($0): b" }),
            .fields(
                "a head over 16 KiB", status: 431,
                (0..<20).map { "X-\($0): " + String(repeating: "b", count: 1000) }),
        ]

        @Test("what is not HTTP as it should be is refused, and the connection closed")
        func refusals() throws {
            try withGateway { gateway in
                for request in Self.framing {
                    let connection = try gateway.connect()
                    do {
                        let answer = try connection.exchange(request.text)
                        #expect(answer.status == request.status, "\(request.name): \(answer)")
                        #expect(answer["connection"] == "close", "\(request.name): \(answer)")
                        connection.finishSending()
                        #expect(connection.isClosedByPeer(), "\(request.name)")
                    } catch {
                        Issue.record("\(request.name): \(error)")
                    }
                }
            }
        }

        @Test("paths that are not there are 404, methods that are not, 405 with Allow")
        func routes() throws {
            try withGateway { gateway in
                let operation = try gateway.openOperation()
                func ask(_ method: String, _ target: String) throws -> HTTPAnswer {
                    let request = HTTPRequest(method, target).text
                    return try gateway.connect().exchange(request, toHead: method == "HEAD")
                }
                for target in ["/", "/v1", "/v1/operations/ete/entrie", "/v2/operations/ete"] {
                    expectProblem(try ask("GET", target), 404)
                }
                #expect(try ask("GET", "/v1/clients").status == 404, "the admin's alone")
                for method in ["GET", "PUT", "DELETE", "TRACE", "PATCH"] {
                    let answer = try ask(method, operation.path)
                    expectProblem(answer, 405)
                    #expect(answer["allow"]?.contains("POST") == true, "\(method): \(answer)")
                }
                let answer = try ask("POST", "/v1/operations/ete")
                #expect(answer.status == 405, "\(answer)")
                #expect(answer["allow"]?.contains("GET") == true, "\(answer)")
                #expect(try ask("OPTIONS", "*").status / 100 == 2)
            }
        }

        @Test("health and readiness are on both listeners")
        func health() throws {
            try withGateway { gateway in
                for port in [gateway.port, gateway.adminPort] {
                    for path in ["/healthz", "/readyz"] {
                        // A commit that a busy disk takes a second for is a reason, for that long.
                        var answer: HTTPAnswer?
                        let isGood = try eventually {
                            let connection = try HTTPConnection(port: port)
                            answer = try connection.exchange(HTTPRequest("GET", path).text)
                            return answer?.status == 200
                        }
                        #expect(isGood, "\(port) \(path): \(String(describing: answer))")
                    }
                }
            }
        }

        @Test("HTTP/1.0 is served and closed, Connection: close is honoured, keep-alive kept")
        func persistence() throws {
            try withGateway { gateway in
                let old = try gateway.connect()
                #expect(try old.exchange("GET /healthz HTTP/1.0\r\n\r\n").status == 200)
                #expect(old.isClosedByPeer())
                let last = try gateway.connect()
                let close = HTTPRequest("GET", "/healthz", [("Connection", "close")])
                #expect(try last.exchange(close.text)["connection"] == "close")
                #expect(last.isClosedByPeer())
                let kept = try gateway.connect()
                for _ in 0..<100 {
                    #expect(try kept.exchange(HTTPRequest("GET", "/healthz").text).status == 200)
                }
            }
        }
    }
}
