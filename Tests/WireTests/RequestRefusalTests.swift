import Testing

@testable import Wire

/// The edge's list of refusals, line by line: each input, whole and byte by byte, and its status.
@Suite struct RequestRefusalTests {
    /// A POST with these field lines behind its Host.
    static func post(_ fields: String, _ rest: String = "") -> String {
        "POST /e HTTP/1.1\r\n\(Refusals.host)\(fields)\r\n\r\n\(rest)"
    }

    static func chunked(_ rest: String) -> String {
        post("Transfer-Encoding: chunked", rest)
    }

    @Test(arguments: Refusals.lines) func linesEndInCRLF(_ input: String, _ status: Int?) {
        check(input, status)
    }

    @Test(arguments: Refusals.requestLines) func requestLines(_ line: String, _ status: Int?) {
        check("\(line)\r\n\(Refusals.host)\r\n", status)
    }

    @Test(arguments: Refusals.hosts) func hosts(_ host: String, _ isValid: Bool) {
        check("GET / HTTP/1.1\r\nHost: \(host)\r\n\r\n", isValid ? nil : 400)
        check("GET / HTTP/1.0\r\nHost: \(host)\r\n\r\n", isValid ? nil : 400)
        check("GET http://\(host)/ HTTP/1.1\r\nHost: \(host)\r\n\r\n", isValid ? nil : 400)
    }

    @Test(arguments: Refusals.fields) func fields(_ lines: String, _ status: Int?) {
        check(Self.post(lines), status)
    }

    @Test(arguments: Refusals.chunks) func chunks(_ body: String, _ status: Int?) {
        check(Self.chunked(body), status)
    }

    @Test func anHTTP11RequestNeedsAHostAndAnHTTP10RequestDoesNot() {
        check("GET / HTTP/1.1\r\n\r\n", 400)
        check("GET / HTTP/1.2\r\nA: b\r\n\r\n", 400)
        check("GET / HTTP/1.0\r\n\r\n", nil)
        check("GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n", 400)
        check("GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400)
    }

    /// Status nil: complete. 0: still waiting for a body, so neither complete nor refused.
    private func check(
        _ input: String, _ status: Int?, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let bytes = Array(input.utf8)
        let whole = ParsedRequest(bytes)
        let byteByByte = ParsedRequest(bytes, splits: Array(0..<bytes.count))
        #expect(whole == byteByByte, "\(input.debugDescription)", sourceLocation: sourceLocation)
        let expected = status == nil ? ParseStep.complete : .needMore
        if let status, status != 0 {
            #expect(
                whole.status == status, "\(input.debugDescription): \(whole)",
                sourceLocation: sourceLocation)
        } else {
            #expect(
                whole.step == expected, "\(input.debugDescription): \(whole)",
                sourceLocation: sourceLocation)
        }
    }
}
