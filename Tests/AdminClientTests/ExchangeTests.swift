import Bytes
import Foundation
import Sockets
import Synchronization
import Testing
import Wire

@testable import AdminClient

@Suite("One exchange with a server")
struct ExchangeTests {
    private static let answer =
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello"

    private func send(
        to url: String, _ request: HTTPRequest = HTTPRequest("GET", ["x"]),
        limits: ResponseLimits = ResponseLimits(), withinSeconds seconds: Double = 60
    ) throws -> HTTPAnswer {
        try HTTPClient(BaseURL(url), limits: limits).send(request, withinSeconds: seconds)
    }

    /// What goes wrong where a server answers every request with a text.
    private func error(
        _ answer: String, limits: ResponseLimits = ResponseLimits()
    ) throws -> HTTPClientError? {
        try withServer(script: answering(answer)) { server in
            #expect(throws: HTTPClientError.self) {
                try send(to: "http://127.0.0.1:\(server.port)", limits: limits)
            }
        }
    }

    @Test("the request is framed, its path behind the URL's own, and the answer whole")
    func whole() throws {
        try withServer(script: answering(Self.answer)) { server in
            let base = "http://127.0.0.1:\(server.port)"
            var request = HTTPRequest("POST", ["v1", "a/b", "..."])
            request.fields = [("Accept", "text/plain")]
            request.body = Array("{}".utf8)
            let answer = try send(to: base + "/gate%20way/", request)
            #expect(answer.status == 200)
            #expect(answer.contentType == "text/plain")
            #expect(answer.body == Array("hello".utf8))
            #expect(
                server.requests == [
                    "POST /gate%20way/v1/a%2Fb/... HTTP/1.1\r\nHost: 127.0.0.1:\(server.port)\r\n"
                        + "Connection: close\r\nAccept: text/plain\r\nContent-Length: 2\r\n\r\n{}"
                ])
            _ = try send(to: base, HTTPRequest("GET", []))
            #expect(server.requests.last?.hasPrefix("GET / HTTP/1.1\r\n") == true)
            #expect(server.requests.last?.contains("Content-Length") == false)
        }
    }

    @Test(
        "every address of a name is tried: a server may listen on one of them only",
        arguments: ["127.0.0.1:0", "[::1]:0"])
    func names(address: String) throws {
        try withServer(on: address, script: answering(Self.answer)) { server in
            let answer = try send(to: "http://localhost:\(server.port)")
            #expect(answer.status == 200)
            #expect(server.requests.first?.contains("Host: localhost:\(server.port)\r\n") == true)
        }
    }

    @Test("an IPv6 address is written in brackets")
    func ipv6() throws {
        try withServer(on: "[::1]:0", script: answering(Self.answer)) { server in
            _ = try send(to: "http://[::1]:\(server.port)")
            #expect(server.requests.first?.contains("Host: [::1]:\(server.port)\r\n") == true)
        }
    }

    @Test("where no address takes the connection, each is named with its reason")
    func unreachable() throws {
        // Port 1 of this machine: nobody but root could listen there, and nobody does.
        let error = #expect(throws: HTTPClientError.self) { try send(to: "http://localhost:1") }
        guard case .unreachable(let attempts)? = error else {
            Issue.record("another error: \(error as Any)")
            return
        }
        let addresses = Set(attempts.map { "\($0.address)" })
        #expect(addresses == ["127.0.0.1:1", "[::1]:1"])
        #expect(attempts.allSatisfy { !$0.reason.isEmpty })
        #expect(error?.description.contains("127.0.0.1:1: Connection refused") == true)
    }

    @Test("a name that is not known is told with the resolver's words")
    func unknownHost() {
        let error = #expect(throws: HTTPClientError.self) { try send(to: "http://nobody..invalid") }
        guard case .unknownHost("nobody..invalid", let reason)? = error else {
            Issue.record("another error: \(error as Any)")
            return
        }
        #expect(!reason.isEmpty)
    }

    @Test("chunks that come byte by byte are put together")
    func chunks() throws {
        let answer =
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: a/b\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n"
            + "3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\nA: b\r\n\r\n"
        try withServer { visit in
            try visit.request()
            for character in answer.unicodeScalars { try visit.send(String(character)) }
            try visit.finish()
        } _: { server in
            let answer = try send(to: "http://127.0.0.1:\(server.port)")
            #expect(answer.body == Array("hello".utf8) && answer.contentType == "a/b")
        }
    }

    @Test("a body without a length ends with the connection; HEAD has none")
    func otherBodies() throws {
        try withServer(script: answering("HTTP/1.1 200 OK\r\n\r\nto the end")) { server in
            let answer = try send(to: "http://127.0.0.1:\(server.port)")
            #expect(answer.body == Array("to the end".utf8))
        }
        let head = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"
        try withServer(script: answering(head)) { server in
            let request = HTTPRequest("HEAD", ["x"])
            let found = try send(to: "http://127.0.0.1:\(server.port)", request).body
            #expect(found == [])
        }
    }

    @Test("a redirect is an answer like any other")
    func redirect() throws {
        let text = "HTTP/1.1 302 Found\r\nLocation: http://a/\r\nContent-Length: 0\r\n\r\n"
        try withServer(script: answering(text)) { server in
            let found = try send(to: "http://127.0.0.1:\(server.port)").status
            #expect(found == 302)
            #expect(server.requests.count == 1)
        }
    }

    @Test("a cut answer, none at all, and what is no answer are told apart")
    func broken() throws {
        let cut = HTTPClientError.ReceivedBody(bytes: 4, expected: 5)
        #expect(try error(String(Self.answer.dropLast())) == .cut(cut))
        let none = HTTPClientError.ReceivedBody(bytes: 0, expected: nil)
        #expect(try error("HTTP/1.1 200 OK\r\nContent-") == .cut(none))
        let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"
        let some = HTTPClientError.ReceivedBody(bytes: 3, expected: nil)
        #expect(try error(chunked) == .cut(some))
        #expect(try error("") == .closed(nil))
        #expect(try error("220 mail.example ESMTP\r\n") == .malformed(.invalidStatusLine))
        #expect(
            try error("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n")
                == .malformed(.invalidContentLength))
    }

    @Test("an answer is bounded, told or not how long it is")
    func oversized() throws {
        let limits = ResponseLimits(headBytes: 64, bodyBytes: 4)
        #expect(try error(Self.answer, limits: limits) == .tooLarge(limit: 4))
        let head = "HTTP/1.1 200 OK\r\n"
        #expect(try error(head + "\r\nhello", limits: limits) == .tooLarge(limit: 4))
        let chunked = head + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
        #expect(try error(chunked, limits: limits) == .tooLarge(limit: 4))
        let long = head + "A: " + String(repeating: "a", count: 64) + "\r\n\r\n"
        #expect(try error(long, limits: limits) == .malformed(.headTooLarge))
    }

    @Test("an answer that is late is not waited for, nor one whose end is")
    func late() throws {
        let part = HTTPClientError.ReceivedBody(bytes: 4, expected: 5)
        let starts: [(String, HTTPClientError)] = [
            ("", .late(isSent: true)),
            ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", .stalled(part)),
        ]
        for (start, expected) in starts {
            try withServer { visit in
                try visit.request()
                try visit.send(start)
                try visit.waitForEnd()
            } _: { server in
                let url = "http://127.0.0.1:\(server.port)"
                // On an overloaded machine the time may be over before anything was sent, or came:
                // then there is more of it.
                var error: HTTPClientError?
                for seconds in [0.2, 2, 30] where error != expected {
                    error = #expect(throws: HTTPClientError.self) {
                        try send(to: url, withinSeconds: seconds)
                    }
                }
                #expect(error == expected)
            }
        }
    }

    @Test("a query's names and values are escaped")
    func query() throws {
        try withServer(script: answering(Self.answer)) { server in
            var request = HTTPRequest("GET", ["v1", "x"])
            request.query = [("after", "a&b=ç"), ("limit", "2")]
            _ = try send(to: "http://127.0.0.1:\(server.port)", request)
            #expect(
                server.requests.first?.hasPrefix(
                    "GET /v1/x?after=a%26b%3D%C3%A7&limit=2 HTTP/1.1\r\n") == true)
        }
    }

    @Test("a server may refuse a request before it has read it")
    func earlyRefusal() throws {
        let answer = "HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n"
        try withServer { visit in
            try visit.request(bodyBytes: 0)
            try visit.send(answer)
            try visit.finish()
        } _: { server in
            var request = HTTPRequest("POST", ["x"])
            request.body = Array(repeating: 0x20, count: 8 << 20)
            let found = try send(to: "http://127.0.0.1:\(server.port)", request).status
            #expect(found == 413)
        }
    }

    @Test("what cannot be sent is not sent")
    func unusable() throws {
        let client = try HTTPClient(BaseURL("http://127.0.0.1:1"))
        for path in ["..", ".", ""] {
            let error = #expect(throws: HTTPClientError.self) {
                try client.send(HTTPRequest("GET", ["v1", path]), withinSeconds: 60)
            }
            #expect(error == .unusable("\"\(path)\" cannot be part of a request's path"))
        }
        var request = HTTPRequest("GET", [])
        request.fields = [("Authorization", "Bearer a\r\nX: y")]
        let error = #expect(throws: HTTPClientError.self) {
            try client.send(request, withinSeconds: 60)
        }
        #expect(error == .unusable("the value of Authorization has characters that cannot be sent"))
    }

    @Test("a body can be read as it comes, while the server still sends")
    func stream() throws {
        let isRead = DispatchSemaphore(value: 0)
        try withServer { visit in
            try visit.request()
            try visit.send(
                "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nDate: now\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\n7\r\ndata: 1\r\n")
            // The second piece comes only when the first has been read.
            isRead.wait()
            try visit.send("7\r\ndata: 2\r\n0\r\n\r\n")
            try visit.finish()
        } _: { server in
            let deadline = Deadline(seconds: 60)
            let client = try HTTPClient(BaseURL("http://127.0.0.1:\(server.port)"))
            var exchange = try HTTPExchange(client, HTTPRequest("GET", ["events"]), by: deadline)
            let head = try exchange.head(by: deadline)
            let expected = HTTPExchange.Head(
                status: 200, contentType: "text/event-stream", date: "now")
            #expect(head == expected)
            var body = ByteBuffer(capacity: 64)
            while body.count < 7 {
                let isMore = try exchange.read(into: &body, by: deadline)
                try #require(isMore)
            }
            #expect(body.text == "data: 1")
            isRead.signal()
            while try exchange.read(into: &body, by: deadline) {}
            #expect(body.text == "data: 1data: 2")
        }
    }
}
