import Bytes
import Foundation
import TestSupport
import Testing
import Time

@testable import Wire

@Suite struct ResponseTests {
    static let date = "Fri, 20 Nov 2026 12:00:00 GMT"

    /// The fields that every answer of that moment has.
    private func usualFields() -> ByteBuffer {
        var usual = ByteBuffer(capacity: 1)
        usual.append(usualFields: Timestamp(milliseconds: 1_795_176_000_999))
        return usual
    }

    private func response(
        _ status: HTTPStatus, _ body: String, type: StaticString? = "application/json",
        closes: Bool = false, isHead: Bool = false,
        headers: (inout HeaderLines) -> Void = { _ in }
    ) -> String {
        let usual = usualFields()
        let body = Array(body.utf8)
        var lines = HeaderLines(capacity: 1)
        headers(&lines)
        var buffer = ByteBuffer(capacity: 1)
        unsafe buffer.append(
            response: status, usual: usual.bytes, contentType: type, headers: lines,
            body: body.span.bytes, closes: closes, isHead: isHead)
        return buffer.text
    }

    @Test func anAnswerIsCompleteToTheByte() {
        let expected =
            "HTTP/1.1 201 Created\r\nDate: \(Self.date)\r\nX-Content-Type-Options: nosniff\r\n"
            + "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
        #expect(response(.created, "{}") == expected)
        var buffer = ByteBuffer(capacity: 1)
        let usual = usualFields()
        let body = Array("{}".utf8)
        unsafe buffer.append(
            response: .created, usual: usual.bytes, contentType: "application/json",
            body: body.span.bytes)
        #expect(buffer.text == expected)
    }

    @Test func aPreparedAnswerSaysTheSame() {
        let usual = usualFields()
        for (status, type) in [
            (HTTPStatus.created, "application/json" as StaticString),
            (.tooManyRequests, "application/problem+json"),
        ] {
            for (closes, isHead) in [(false, false), (true, false), (false, true), (true, true)] {
                var head = ByteBuffer(capacity: 1)
                head.append(preparing: status, usual: usual.bytes, contentType: type)
                var lines = HeaderLines(capacity: 1)
                lines.append("Retry-After", 7)
                var buffer = ByteBuffer(capacity: 1)
                let body = Array("{\"a\":1}".utf8)
                unsafe buffer.append(
                    prepared: head.bytes, headers: lines, body: body.span.bytes, closes: closes,
                    isHead: isHead)
                let whole = response(
                    status, "{\"a\":1}", type: type, closes: closes, isHead: isHead
                ) { $0.append("Retry-After", 7) }
                // The same lines, in another order.
                let parts = [buffer.text, whole].map { text in
                    text.components(separatedBy: "\r\n")
                }
                #expect(parts[0].sorted() == parts[1].sorted())
                #expect(parts[0].first == parts[1].first && parts[0].last == parts[1].last)
                #expect(parts[0].dropLast().last == "", "the body is behind an empty line")
            }
        }
    }

    @Test func headHasTheLengthAndNotTheBody() {
        let get = response(.ok, "hello")
        #expect(response(.ok, "hello", isHead: true) + "hello" == get)
    }

    @Test func somethingWithoutABodyHasNoLength() {
        for status in [HTTPStatus.noContent, .notModified] {
            let text = response(status, "hello")
            #expect(!text.contains("Content-") || !text.contains("Content-Length"))
            #expect(!text.contains("hello") && text.hasSuffix("nosniff\r\n\r\n"))
        }
        var buffer = ByteBuffer(capacity: 1)
        buffer.append100Continue()
        #expect(buffer.text == "HTTP/1.1 100 Continue\r\n\r\n")
    }

    @Test func aLastAnswerSaysSo() {
        #expect(response(.badRequest, "", closes: true).contains("\r\nConnection: close\r\n"))
        #expect(!response(.badRequest, "").contains("Connection"))
    }

    @Test func everyStatusLineIsWellFormed() {
        for status in HTTPStatus.allCases {
            let line = status.line.description
            #expect(line.hasPrefix("HTTP/1.1 \(status.code) ") && line.hasSuffix("\r\n"))
            #expect(line.utf8.dropLast(2).allSatisfy { $0 >= 0x20 && $0 < 0x7F })
        }
    }

    @Test func valuesFromTheWireCannotBreakALine() {
        for byte in UInt8.min...UInt8.max {
            let value = [0x61, byte, 0x62]
            var lines = HeaderLines()
            let isAdded = unsafe lines.append("Location", value: value.span.bytes)
            #expect(isAdded == (0x20..<0x7F).contains(byte))
            #expect(lines.isEmpty == !isAdded)
        }
        let text = response(.methodNotAllowed, "") { lines in
            lines.append("Allow", "GET, POST")
            lines.append("Retry-After", 12)
        }
        #expect(text.contains("\r\nAllow: GET, POST\r\nRetry-After: 12\r\nContent-Type: "))
    }

    @Test func aProgrammersMistakeInAFieldIsStopped() async {
        await #expect(processExitsWith: .failure) {
            var lines = HeaderLines()
            lines.append("Allow", "GET\r\nX: y")
        }
        await #expect(processExitsWith: .failure) {
            var lines = HeaderLines()
            lines.append("content-length", 5)
        }
        await #expect(processExitsWith: .failure) {
            var lines = HeaderLines()
            lines.append("Allow:", 5)
        }
    }

    @Test func aStreamIsFramedByChunksOrByItsEnd() {
        let usual = usualFields()
        let lines = HeaderLines()
        var buffer = ByteBuffer(capacity: 1)
        buffer.append(
            streamHead: .ok, usual: usual.bytes, contentType: "text/event-stream",
            headers: lines, framing: .chunked)
        #expect(buffer.text.hasSuffix("\r\nTransfer-Encoding: chunked\r\n\r\n"))
        buffer.removeAll()
        let long = [UInt8](repeating: 0x61, count: 0x1AB)
        unsafe buffer.append(chunk: long.span.bytes)
        unsafe buffer.append(chunk: [UInt8]().span.bytes)
        buffer.appendLastChunk()
        let body = String(repeating: "a", count: 0x1AB)
        #expect(buffer.text == "1ab\r\n\(body)\r\n0\r\n\r\n")
        let echoed = ParsedRequest(
            request(
                "POST / HTTP/1.1", "Host: a", "Transfer-Encoding: chunked", body: buffer.text))
        #expect(echoed.bodyText == body)
        buffer.removeAll()
        buffer.append(
            streamHead: .ok, usual: usual.bytes, contentType: "text/plain", headers: lines,
            framing: .untilClose)
        #expect(buffer.text.contains("\r\nConnection: close\r\n"))
        #expect(buffer.text.hasSuffix("\r\nContent-Type: text/plain\r\n\r\n"))
    }

    @Test func datesAreWrittenAsFoundationWritesThem() {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: "GMT")
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        let seed: UInt64 = 0x5EED_0004
        var random = SeededGenerator(seed: seed)
        let fixed: [Int64] = [0, -1000, 951_782_400_000, 1_795_176_000_000]
        let drawn = (0..<300).map { _ in
            Int64.random(in: -11_000_000_000...250_000_000_000, using: &random) * 1000
        }
        for milliseconds in fixed + drawn {
            var buffer = ByteBuffer(capacity: 29)
            buffer.append(imfFixdate: Timestamp(milliseconds: milliseconds))
            let date = Date(timeIntervalSince1970: Double(milliseconds / 1000))
            #expect(buffer.text == formatter.string(from: date), "seed \(seed)")
            #expect(buffer.count == 29)
        }
        for end in [Int64.min, .max] {
            var buffer = ByteBuffer(capacity: 29)
            buffer.append(imfFixdate: Timestamp(milliseconds: end))
            #expect(buffer.count == 29)
        }
    }
}
