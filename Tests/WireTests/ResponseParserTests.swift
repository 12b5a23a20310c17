import TestSupport
import Testing

@testable import Wire

@Suite("Answers are read as they come")
struct ResponseParserTests {
    private func read(
        _ text: String, isEnded: Bool = false, limits: ResponseLimits = ResponseLimits(),
        allowsBody: Bool = true
    ) -> ParsedResponse {
        let bytes = Array(text.utf8)
        return ParsedResponse(
            bytes, ends: [bytes.count], isEnded: isEnded, limits: limits, allowsBody: allowsBody)
    }

    private let head = "HTTP/1.1 200 OK\r\n"

    @Test("an answer with a length is read to its end, and no further")
    func fixedBody() {
        let answer = read(
            head + "Date: Sun, 29 Nov 2026 12:00:00 GMT\r\n"
                + "Content-Type: text/plain; charset=utf-8\r\nContent-Length: 5\r\n\r\nhelloHTTP")
        #expect(answer.ending == .complete)
        #expect(answer.status == 200)
        #expect(answer.body == Array("hello".utf8))
        #expect(answer.contentType == "text/plain; charset=utf-8")
        #expect(answer.date == "Sun, 29 Nov 2026 12:00:00 GMT")
        #expect(!answer.closes)
    }

    @Test("chunks are put together, their extensions and trailers dropped")
    func chunks() {
        let answer = read(
            head + "Transfer-Encoding: chunked\r\n\r\n4;a=b\r\nabcd\r\n0A\r\n0123456789\r\n"
                + "0\r\nContent-Length: 7\r\n\r\n")
        #expect(answer.ending == .complete)
        #expect(String(decoding: answer.body, as: UTF8.self) == "abcd0123456789")
    }

    @Test("a body without a length ends with the connection")
    func untilEnd() {
        #expect(read(head + "\r\nall there").ending == .needMore)
        let answer = read(head + "\r\nall there", isEnded: true)
        #expect(answer.ending == .complete)
        #expect(String(decoding: answer.body, as: UTF8.self) == "all there")
    }

    @Test("no body follows 204, 304 and the answer to HEAD, whatever they say")
    func bodiless() {
        for status in ["204 No Content", "304 Not Modified"] {
            let answer = read("HTTP/1.1 \(status)\r\nContent-Length: 5\r\n\r\n")
            #expect(answer.ending == .complete)
        }
        let answer = read(head + "Content-Length: 5\r\n\r\n", allowsBody: false)
        #expect(answer.ending == .complete && answer.body.isEmpty)
    }

    @Test("interim answers are passed over, as many as may be")
    func interimAnswers() {
        let interim = "HTTP/1.1 103 Early Hints\r\nRetry-After: 9\r\nConnection: close\r\n\r\n"
        let last = head + "Content-Length: 0\r\n\r\n"
        let answer = read(interim + interim + last)
        #expect(answer.ending == .complete && answer.status == 200)
        #expect(answer.retryAfterSeconds == nil && !answer.closes)
        let many = String(repeating: interim, count: 9)
        // Also where it comes at once with what is no answer, and no whole line.
        #expect(read(interim + ";").ending == .failed(.invalidStatusLine))
        #expect(read(many + last).ending == .failed(.tooManyInterimAnswers))
        #expect(
            read("HTTP/1.1 101 Switching Protocols\r\n\r\n").ending == .failed(.unexpectedUpgrade))
    }

    @Test("a reason may be missing, and the space before it; fields are found in any case")
    func oddHeads() {
        for line in ["HTTP/1.1 503 \r\n", "HTTP/1.1 503\r\n", "HTTP/1.2 503 Très occupé\r\n"] {
            let answer = read(
                line + "CONTENT-length:0\r\nconnection: x , Close\r\nRETRY-after: 17\r\n\r\n")
            #expect(answer.ending == .complete && answer.status == 503, "\(line)")
            #expect(answer.closes && answer.retryAfterSeconds == 17)
        }
        let date = read(head + "Retry-After: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n")
        #expect(date.retryAfterSeconds == nil && date.status == 200)
    }

    @Test(
        "what is no answer is refused, and why",
        arguments: [
            ("SSH-2.0-OpenSSH_9.2\r\n", .invalidStatusLine), ("\u{15}\u{3}", .invalidStatusLine),
            ("HTTP/1.0 200 OK\r\n\r\n", .unsupportedVersion),
            ("HTTP/2.0 200 OK\r\n\r\n", .invalidStatusLine),
            ("HTTP/1.x 200 OK\r\n\r\n", .invalidStatusLine),
            ("HTTP/1.1 20x OK\r\n\r\n", .invalidStatusLine),
            ("HTTP/1.1 600 OK\r\n\r\n", .invalidStatusLine),
            ("HTTP/1.1 099 OK\r\n\r\n", .invalidStatusLine),
            ("HTTP/1.1 2000 OK\r\n\r\n", .invalidStatusLine),
            ("HTTP/1.1  200 OK\r\n\r\n", .invalidStatusLine),
            ("HTTP/1.1 200 OK\n\n", .invalidLine), ("HTTP/1.1 200 O\u{1}K\r\n", .invalidLine),
            ("HTTP/1.1 200 OK\r\nA: b\rc\r\n", .invalidLine),
            ("HTTP/1.1 200 OK\r\nA : b\r\n", .invalidField),
            ("HTTP/1.1 200 OK\r\n folded\r\n", .invalidField),
            ("HTTP/1.1 200 OK\r\n: b\r\n", .invalidField),
            ("HTTP/1.1 200 OK\r\nnothing\r\n", .invalidField),
            ("HTTP/1.1 200 OK\r\nContent-Length: many\r\n", .invalidContentLength),
            ("HTTP/1.1 200 OK\r\nContent-Length: +5\r\n", .invalidContentLength),
            ("HTTP/1.1 200 OK\r\nContent-Length:\r\n", .invalidContentLength),
            ("HTTP/1.1 200 OK\r\nContent-Length: 9999999999999999999\r\n", .invalidContentLength),
            ("HTTP/1.1 200 OK\r\nContent-Length: 999999999999999999\r\n\r\n", .bodyTooLarge),
            ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n", .ambiguousLength),
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n",
                .ambiguousLength
            ),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n",
                .ambiguousLength
            ),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n", .unknownTransferCoding),
        ] as [(String, ResponseRejection)])
    func refused(text: String, rejection: ResponseRejection) {
        #expect(read(text).ending == .failed(rejection))
        #expect(read(text, isEnded: true).ending == .failed(rejection), "it stays that")
    }

    @Test(
        "what is no chunk is refused, and why",
        arguments: [
            ("xyz\r\n", .invalidChunk), ("\r\n", .invalidChunk), ("-1\r\n", .invalidChunk),
            ("000000001\r\n", .invalidChunk), ("1\r\nab", .invalidChunk),
            ("1\r\na\r\r", .invalidChunk), ("1 \r\n", .invalidChunk), ("1;=\r\n", .invalidChunk),
            ("FFFFFFFF\r\n", .bodyTooLarge), ("0\r\nnothing\r\n", .invalidField),
            ("1\na", .invalidLine),
        ] as [(String, ResponseRejection)])
    func refusedChunks(text: String, rejection: ResponseRejection) {
        let all = head + "Transfer-Encoding: chunked\r\n\r\n" + text
        #expect(read(all).ending == .failed(rejection))
    }

    @Test("each limit is held, to the byte")
    func limits() {
        let limits = ResponseLimits(
            headBytes: 40, fieldCount: 1, bodyBytes: 4, chunkExtensionBytes: 3)
        func ending(_ text: String, isEnded: Bool = false) -> ResponseStep {
            read(text, isEnded: isEnded, limits: limits).ending
        }
        // A head of 40 bytes, and of 41.
        #expect(ending(head + "A: 5678901234567890\r\n\r\nabcd", isEnded: true) == .complete)
        #expect(ending(head + "A: 56789012345678901\r\n\r\n") == .failed(.headTooLarge))
        #expect(ending(head + "A: \r\nB: \r\n\r\n") == .failed(.headTooLarge))
        #expect(ending(head + "Content-Length: 4\r\n\r\nabcd") == .complete)
        #expect(ending(head + "Content-Length: 5\r\n\r\n") == .failed(.bodyTooLarge))
        #expect(ending(head + "\r\nabcde") == .failed(.bodyTooLarge))
        let large = ResponseLimits(headBytes: 64, bodyBytes: 4, chunkExtensionBytes: 3)
        func chunked(_ text: String) -> ResponseStep {
            read(head + "Transfer-Encoding: chunked\r\n\r\n" + text, limits: large).ending
        }
        #expect(chunked("2;a\r\nab\r\n2\r\ncd\r\n0\r\n\r\n") == .complete)
        #expect(chunked("2\r\nab\r\n3\r\n") == .failed(.bodyTooLarge))
        #expect(chunked("2;a\r\nab\r\n1;b\r\n") == .failed(.chunkExtensionsTooLong))
        let trailer = "A: " + String(repeating: "a", count: 64) + "\r\n"
        #expect(chunked("0\r\n" + trailer) == .failed(.headTooLarge))
    }

    @Test("an answer that is cut anywhere is one that was cut off")
    func truncated() {
        let answers = [
            head + "Content-Length: 5\r\n\r\nhello",
            head + "Transfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n0\r\nA: b\r\n\r\n",
        ]
        for text in answers {
            for length in 0..<text.utf8.count {
                let cut = String(decoding: text.utf8.prefix(length), as: UTF8.self)
                #expect(read(cut).ending == .needMore, "cut at \(length)")
                #expect(read(cut, isEnded: true).ending == .failed(.truncated), "cut at \(length)")
            }
            #expect(read(text, isEnded: true).ending == .complete)
        }
    }

    @Test("no split of an answer changes what it says, nor do bytes that are dropped once read")
    func splits() {
        var random = SeededGenerator.printed()
        let interim = "HTTP/1.1 100 Continue\r\n\r\n"
        let answers = [
            interim + head
                + "Content-Type: a/b\r\nContent-Length: 11\r\nRetry-After: 3\r\n\r\nhello there",
            head
                + "Transfer-Encoding: chunked\r\n\r\n4;x=\"y\"\r\nabcd\r\n1\r\n!\r\n0\r\n"
                + "A: b\r\n\r\n",
            head + "Connection: close\r\n\r\nuntil the end", head + "Content-Length: 5, 5\r\n\r\n",
            head + "Transfer-Encoding: chunked\r\n\r\n4\r\nabcde",
        ]
        for text in answers {
            let bytes = Array(text.utf8)
            let whole = ParsedResponse(bytes, ends: [bytes.count], isEnded: true)
            let single = Array(0...bytes.count)
            #expect(ParsedResponse(bytes, ends: single, isEnded: true) == whole)
            let dropping = ParsedResponse(bytes, ends: single, isEnded: true, drops: true)
            #expect(dropping == whole)
            for _ in 0..<50 {
                let ends = single.filter { _ in Bool.random(using: &random) } + [bytes.count]
                let drops = Bool.random(using: &random)
                #expect(ParsedResponse(bytes, ends: ends, isEnded: true, drops: drops) == whole)
            }
        }
    }
}
