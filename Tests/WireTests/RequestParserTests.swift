import Bytes
import Testing

@testable import Wire

@Suite struct RequestParserTests {
    @Test func anEntryIsReadToItsLastByte() {
        let body = #"{"participant":"p-1"}"#
        let parsed = ParsedRequest(
            request(
                "POST /v1/operations/ete-2026/entries?x=1 HTTP/1.1", "Host: play.example.org:8080",
                "User-Agent: a/1.0", "Content-Type:application/json", "Content-Length: 21",
                "Authorization:  Bearer pk_1\t ", "Idempotency-Key: k", "X-Other: é",
                body: body + "GET /next"))
        #expect(parsed.step == .complete)
        #expect(parsed.method == .post)
        #expect(parsed.methodText == "POST")
        #expect(parsed.path == "/v1/operations/ete-2026/entries")
        #expect(parsed.query == "x=1")
        #expect(parsed.minorVersion == 1)
        #expect(parsed.keepAlive)
        #expect(parsed.fields.count == 7)
        #expect(parsed.fields[4] == "Authorization: Bearer pk_1")
        #expect(parsed.known.contains("authorization=Bearer pk_1"))
        #expect(parsed.known.count == 6)
        #expect(parsed.bodyText == body)
        #expect(parsed.rest == Array("GET /next".utf8))
    }

    @Test func everyKnownFieldIsRecognisedInAnyCaseAndOnlyIt() {
        for field in KnownField.allCases {
            let name = field.name.description
            for spelling in [
                name, name.uppercased(), name.prefix(1).uppercased() + name.dropFirst(),
            ] {
                #expect(recognised(spelling) == field, "\(spelling)")
            }
            for position in name.utf8.indices {
                for byte in 0..<UInt8(128) where ByteSet.token.contains(byte) {
                    var other = Array(name.utf8)
                    let index = name.utf8.distance(from: name.utf8.startIndex, to: position)
                    if ASCII.lowercased(byte) == other[index] { continue }
                    other[index] = byte
                    let spelling = String(decoding: other, as: UTF8.self)
                    #expect(recognised(spelling) == nil, "\(spelling)")
                }
            }
        }
    }

    private func recognised(_ name: String) -> KnownField? {
        let bytes = Array(name.utf8)
        return unsafe KnownField(in: bytes.span.bytes, start: 0, count: bytes.count)
    }

    @Test func theFormsOfTargetsAreToldApart() {
        let absolute = ParsedRequest(
            request("GET http://a.b:1/c/d?e?f HTTP/1.1", "Host: A.B:1"))
        #expect(absolute.path == "/c/d" && absolute.query == "e?f" && absolute.authority == "a.b:1")
        let bare = ParsedRequest(request("GET http://a HTTP/1.1", "Host: a"))
        #expect(bare.path == "/" && bare.query.isEmpty)
        let bareQuery = ParsedRequest(request("GET https://a?q HTTP/1.1", "Host: a"))
        #expect(bareQuery.path == "/" && bareQuery.query == "q")
        let asterisk = ParsedRequest(request("OPTIONS * HTTP/1.1", "Host: a"))
        #expect(asterisk.path == "*" && asterisk.method == .options)
        let connect = ParsedRequest(request("CONNECT a:1 HTTP/1.1", "Host: a"))
        #expect(connect.authority == "a:1" && connect.path.isEmpty && !connect.keepAlive)
        let empty = ParsedRequest(request("GET /? HTTP/1.1", "Host: a"))
        #expect(empty.path == "/" && empty.query.isEmpty)
    }

    @Test func methodsAreToldApartByCase() {
        let names: [(String, HTTPMethod)] = [
            ("GET", .get), ("HEAD", .head), ("POST", .post), ("PUT", .put), ("DELETE", .delete),
            ("OPTIONS", .options), ("PATCH", .patch), ("TRACE", .trace), ("CONNECT", .connect),
            ("get", .other), ("GETT", .other), ("M-SEARCH", .other), ("X", .other),
        ]
        for (name, method) in names {
            let parsed = ParsedRequest(request("\(name) / HTTP/1.1", "Host: a"))
            #expect(parsed.method == method && parsed.methodText == name)
        }
    }

    @Test func aConnectionEndsWhereItIsAskedTo() {
        let values: [(String, Bool)] = [
            ("close", false), ("CLOSE", false), ("keep-alive, Close", false), (",close,", false),
            ("keep-alive", true), ("closed", true), ("", true), ("x-close, upgrade", true),
            ("a\r\nConnection: close", false), ("close\r\nConnection: keep-alive", false),
        ]
        for (value, keeps) in values {
            let parsed = ParsedRequest(
                request("GET / HTTP/1.1", "Host: a", "Connection: \(value)"))
            #expect(parsed.step == .complete && parsed.keepAlive == keeps, "\(value)")
        }
        let old = ParsedRequest(request("GET / HTTP/1.0", "Connection: keep-alive"))
        #expect(old.step == .complete && !old.keepAlive)
    }

    @Test func chunksAreMovedTogetherAndWhatFollowsIsLeftAlone() {
        let parsed = ParsedRequest(
            request(
                "POST / HTTP/1.1", "Host: a", "Transfer-Encoding: chunked",
                body: "3\r\nabc\r\n00a;n=v\r\n0123456789\r\n1\r\n!\r\n0\r\nA: b\r\n\r\nPOST /2"))
        #expect(parsed.bodyText == "abc0123456789!")
        #expect(parsed.rest == Array("POST /2".utf8))
        #expect(parsed.fields.count == 2, "trailers are dropped")
    }

    @Test func manyChunksAreLinearWork() {
        let limits = HTTPLimits(bodyBytes: 20_000)
        let body = String(repeating: "1\r\nx\r\n", count: 20_000) + "0\r\n\r\n"
        let text = request("POST / HTTP/1.1", "Host: a", "Transfer-Encoding: chunked", body: body)
        let parsed = ParsedRequest(text, limits: limits)
        #expect(parsed.body == Array(repeating: 0x78, count: 20_000))
        let more = request(
            "POST / HTTP/1.1", "Host: a", "Transfer-Encoding: chunked", body: "1\r\nx\r\n" + body)
        #expect(ParsedRequest(more, limits: limits).status == 413)
    }

    @Test func pipelinedRequestsAreTakenOneByOne() {
        var bytes = Array(
            (request("GET /1 HTTP/1.1", "Host: a")
                + request("POST /2 HTTP/1.1", "Host: a", "Content-Length: 2", body: "ok")
                + request(
                    "POST /3 HTTP/1.1", "Host: a", "Transfer-Encoding: chunked",
                    body: "1\r\nx\r\n1\r\ny\r\n0\r\n\r\n")
                + request("GET /4 HTTP/1.1", "Host: a")).utf8)
        var parser = RequestParser(limits: .entry)
        var seen: [String] = []
        while !bytes.isEmpty {
            let parsed = ParsedRequest(bytes, splits: [], &parser)
            #expect(parsed.step == .complete)
            guard parsed.step == .complete else { break }
            seen.append(parsed.path + parsed.bodyText + "\(parsed.known.count)")
            bytes = parsed.rest
            parser.reset()
        }
        #expect(seen == ["/11", "/2ok2", "/3xy2", "/41"])
    }

    @Test func nothingIsLeftOfALongerRequest() {
        let target = "http://a/" + String(repeating: "b", count: 500) + "?q"
        var long = Array(request("GET \(target) HTTP/1.1", "Host: a").utf8)
        var short = Array(request("GET / HTTP/1.1", "Host: a").utf8)
        var parser = RequestParser(limits: .entry)
        #expect(feed(&parser, &long, long.count) == .complete)
        parser.reset()
        #expect(feed(&parser, &short, short.count) == .complete)
        // What is empty lies within the request too: it is asked for like all else.
        for range in [parser.methodRange, parser.path, parser.query, parser.authority] {
            #expect(range.range.upperBound <= short.count)
        }
    }

    @Test func aClientThatWaitsIsTold100Once() {
        let head = request(
            "POST / HTTP/1.1", "Host: a", "Content-Length: 3", "Expect: 100-continue")
        var bytes = Array((head + "abc").utf8)
        var parser = RequestParser(limits: .entry)
        #expect(feed(&parser, &bytes, head.utf8.count - 1) == .needMore)
        #expect(!parser.isHeadComplete && !parser.expectsContinue)
        #expect(feed(&parser, &bytes, head.utf8.count) == .needMore)
        #expect(parser.isHeadComplete && parser.expectsContinue)
        #expect(feed(&parser, &bytes, bytes.count) == .complete)
        #expect(parser.isHeadComplete && !parser.expectsContinue)

        var old = Array(
            request("POST / HTTP/1.0", "Content-Length: 3", "Expect: 100-continue").utf8)
        parser.reset()
        #expect(feed(&parser, &old, old.count) == .needMore)
        #expect(parser.isHeadComplete && !parser.expectsContinue)
    }

    @Test func whatWasSaidStaysSaid() {
        var good = Array(request("GET / HTTP/1.1", "Host: a").utf8)
        var bad = Array("GET / HTTP/2.0\r\n".utf8)
        var parser = RequestParser(limits: .entry)
        #expect(feed(&parser, &good, good.count) == .complete)
        #expect(feed(&parser, &good, good.count) == .complete)
        parser.reset()
        #expect(feed(&parser, &bad, bad.count) == .failed(.versionNotSupported))
        #expect(feed(&parser, &bad, bad.count) == .failed(.versionNotSupported))
        parser.reset()
        #expect(feed(&parser, &good, good.count) == .complete)
    }

    @Test func listsCanBeWalkedFromTheirEnd() {
        var bytes = Array(
            request(
                "GET / HTTP/1.1", "X-Forwarded-For: 1", "Host: a", "x-forwarded-for: 2",
                "Portillon-Foo: p"
            ).utf8)
        var parser = RequestParser(limits: .entry)
        #expect(feed(&parser, &bytes, bytes.count) == .complete)
        let last = parser.lastIndex(of: .xForwardedFor, before: parser.fieldCount)
        #expect(last == 2)
        #expect(parser.lastIndex(of: .xForwardedFor, before: 2) == 0)
        #expect(parser.lastIndex(of: .xForwardedFor, before: 0) == nil)
        #expect(parser.lastIndex(of: .origin, before: 4) == nil)
        let raw = unsafe bytes.span.bytes
        let range = parser.value(ofFieldNamed: "portillon-foo", in: raw)
        #expect(range.map { raw.extracting($0.range).text } == "p")
        #expect(parser.value(ofFieldNamed: "portillon-fo", in: raw) == nil)
    }

    @Test func aParserIsSmall() {
        #expect(MemoryLayout<HeaderRange>.size == 8)
        // `RequestParser.values` has an element for each.
        #expect(KnownField.allCases.count == 20)
        #expect(MemoryLayout<RequestParser>.size <= 1228)
    }

    private func feed(
        _ parser: inout RequestParser, _ bytes: inout [UInt8], _ end: Int
    ) -> ParseStep {
        var span = bytes.mutableSpan
        var raw = unsafe span.mutableBytes
        var part = raw._mutatingExtracting(0..<end)
        return parser.parse(&part)
    }
}
