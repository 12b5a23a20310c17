import Testing

@testable import Wire

/// Each limit at its last good byte and at the first bad one, whole and byte by byte.
@Suite struct RequestLimitTests {
    static let limits = HTTPLimits(
        requestLineBytes: 64, headBytes: 256, fieldCount: 4, fieldNameBytes: 32, bodyBytes: 8,
        chunkExtensionBytes: 8)

    @Test func theRequestLineIsRefusedAtTheByteBehindItsLimit() {
        for leading in ["", "\r\n"] {
            let path = "/" + String(repeating: "a", count: 64 - 14)
            let line = "\(leading)GET \(path) HTTP/1.1"
            expect(line + "\r\nHost: a\r\n\r\n", .complete)
            expect(line + "\r", .needMore)
            let long = "\(leading)GET \(path)a HTTP/1."
            expect(long, .needMore)
            expect(long + "1", .failed(.requestLineTooLong))
            expect(long + "1\r\nHost: a\r\n\r\n", .failed(.requestLineTooLong))
            expect(line + "\rx", .failed(.bareCarriageReturn))
        }
    }

    @Test func theHeadIsRefusedWhereItCannotEndInTime() {
        let start = "GET / HTTP/1.1\r\nHost: a\r\nA: "
        let fill = 256 - 4 - start.utf8.count
        expect(start + String(repeating: "a", count: fill) + "\r\n\r\n", .complete)
        let long = start + String(repeating: "a", count: fill + 1) + "\r\n"
        expect(long + "\r\n", .failed(.headTooLarge))
        expect(start + String(repeating: "a", count: 255 - start.utf8.count - 1), .needMore)
        expect(
            start + String(repeating: "a", count: 255 - start.utf8.count), .failed(.headTooLarge))
        // A syntax error within the limit comes before the limit.
        expect(
            start + "\u{1}" + String(repeating: "a", count: 300), .failed(.controlByte))
        expect(
            start + String(repeating: "a", count: 300) + "\u{1}", .failed(.headTooLarge))
    }

    @Test func everyLengthOfLastLineEndsAlikeAtTheLimit() {
        // Lines that end at, one before and one behind the limit, with the empty line beyond.
        for fill in 200...260 {
            let text =
                "GET / HTTP/1.1\r\nHost: a\r\nA: " + String(repeating: "a", count: fill)
                + "\r\n\r\n"
            let isGood = text.utf8.count <= 256
            expect(text, isGood ? .complete : .failed(.headTooLarge))
        }
    }

    @Test func fieldsAreCounted() {
        let four = "GET / HTTP/1.1\r\nHost: a\r\nA: 1\r\nB: 2\r\nC: 3\r\n"
        expect(four + "\r\n", .complete)
        expect(four + "D: 4\r\n", .failed(.tooManyFields))
        expect(four + "D 4\r\n", .failed(.tooManyFields))
        var many = "GET / HTTP/1.1\r\nHost: a\r\n"
        for index in 1..<64 { many += "A\(index): b\r\n" }
        #expect(ParsedRequest(many + "\r\n").fields.count == 64)
        #expect(ParsedRequest(many + "B: c\r\n").step == .failed(.tooManyFields))
        #expect(ParsedRequest(many + "B: c\r\n").status == 431)
    }

    @Test func bodiesAreRefusedAsSoonAsTheirLengthIsKnown() {
        let start = "POST / HTTP/1.1\r\nHost: a\r\n"
        expect(start + "Content-Length: 8\r\n\r\n12345678", .complete)
        expect(start + "Content-Length: 9\r\n\r\n", .failed(.bodyTooLarge))
        expect(start + "Content-Length: 9\r\nHost: b\r\n\r\n", .failed(.repeatedHost))
        let chunked = start + "Transfer-Encoding: chunked\r\n\r\n"
        expect(chunked + "8\r\n12345678\r\n0\r\n\r\n", .complete)
        expect(chunked + "9\r\n", .failed(.bodyTooLarge))
        expect(chunked + "8\r\n12345678\r\n1\r\n", .failed(.bodyTooLarge))
    }

    @Test func trailersHaveTheHeadsLimits() {
        let start = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
        expect(start + "A: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\n\r\n", .complete)
        expect(start + "A: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\nE: 5\r\n", .failed(.trailersTooLarge))
        let fill = String(repeating: "a", count: 256 - 4 - 3)
        expect(start + "A: " + fill + "\r\n\r\n", .complete)
        expect(start + "A: " + fill + "a\r\n\r\n", .failed(.trailersTooLarge))
        #expect(HTTPRejection.trailersTooLarge.status == .badRequest)
    }

    @Test func everyRejectionHasANameOfItsOwnAndAStatusOfAnError() {
        var codes: Set<String> = []
        for rejection in HTTPRejection.allCases {
            let code = rejection.code.description
            #expect(codes.insert(code).inserted && code != "invalid_request", "\(rejection)")
            #expect(!code.isEmpty && code.utf8.allSatisfy { $0 == 0x5F || $0 &- 0x61 < 26 })
            #expect((400...505).contains(rejection.status.code))
        }
        #expect(HTTPRejection.headTimeout.status == .requestTimeout)
    }

    private func expect(
        _ text: String, _ step: ParseStep, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let bytes = Array(text.utf8)
        let whole = ParsedRequest(bytes, limits: Self.limits)
        let byteByByte = ParsedRequest(
            bytes, splits: Array(0..<bytes.count), limits: Self.limits)
        #expect(whole.step == step, "\(whole)", sourceLocation: sourceLocation)
        #expect(byteByByte == whole, sourceLocation: sourceLocation)
    }
}
