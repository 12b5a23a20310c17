/// One rule of the edge's list, and a request that breaks it.
struct EdgeRefusal: CustomStringConvertible {
    /// As the list has it.
    let rule: String
    let status: Int
    /// The stable code of the answer, and of the metric.
    let code: String
    let request: String

    init(_ rule: String, _ status: Int, _ code: String, _ request: String) {
        self.rule = rule
        self.status = status
        self.code = code
        self.request = request
    }

    /// - Parameter line: the request line.
    init(_ rule: String, _ code: String, status: Int = 400, line: String) {
        self.init(rule, status, code, "\(line)\r\nHost: a\r\n\r\n")
    }

    /// - Parameters:
    ///   - fields: lines behind Host.
    ///   - body: what follows the head.
    init(
        _ rule: String, _ code: String, status: Int = 400, fields: String, body: String = ""
    ) {
        self.init(rule, status, code, Self.post + "\(fields)\r\n\r\n\(body)")
    }

    /// - Parameter chunks: a chunked body.
    init(_ rule: String, _ code: String, status: Int = 400, chunks: String) {
        self.init(rule, code, status: status, fields: "Transfer-Encoding: chunked", body: chunks)
    }

    var description: String { rule }

    private static let post = "POST /v1/operations/ete/entries HTTP/1.1\r\nHost: a\r\n"
}

/// Every rule about framing: 400 and close, unless the rule says otherwise.
extension EdgeRefusal {
    static let all: [EdgeRefusal] =
        lines + requestLines + hosts + fields + lengths + chunks + limits

    private static let lines: [EdgeRefusal] = [
        EdgeRefusal(
            "bare CR anywhere in the head", 400, "bare_carriage_return",
            "GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n"),
        EdgeRefusal(
            "bare CR as a line end", 400, "bare_carriage_return", "GET / HTTP/1.1\rHost: a\r\r"),
        EdgeRefusal(
            "bare LF as a line end", 400, "bare_line_feed", "GET / HTTP/1.1\nHost: a\n\n"),
        EdgeRefusal(
            "bare LF behind a good line", 400, "bare_line_feed", "GET / HTTP/1.1\r\nHost: a\n\r\n"),
        EdgeRefusal(
            "anything before the method but one CRLF: two", 400, "invalid_method",
            "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        EdgeRefusal(
            "anything before the method but one CRLF: a space", 400, "invalid_method",
            " GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        EdgeRefusal(
            "anything before the method but one CRLF: LF", 400, "invalid_method",
            "\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        EdgeRefusal(
            "anything before the method but one CRLF: a TLS handshake", 400, "invalid_method",
            "\u{16}\u{03}\u{01}\u{02}\0\u{01}"),
        EdgeRefusal(
            "anything before the method but one CRLF: a PROXY header", 400, "invalid_request_line",
            "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
    ]

    private static let requestLines: [EdgeRefusal] = [
        EdgeRefusal("single spaces: two before", "invalid_target", line: "GET  / HTTP/1.1"),
        EdgeRefusal("single spaces: two behind", "invalid_target", line: "GET /  HTTP/1.1"),
        EdgeRefusal("single spaces: at the end", "invalid_request_line", line: "GET / HTTP/1.1 "),
        EdgeRefusal("single spaces: a vertical tab", "control_byte", line: "GET /\u{0B}HTTP/1.1"),
        EdgeRefusal(
            "`token SP target SP HTTP/1.x`: a bad token", "invalid_method", line: "G(T / HTTP/1.1"),
        EdgeRefusal(
            "`token SP target SP HTTP/1.x`: no version", "invalid_request_line", line: "GET /"),
        EdgeRefusal(
            "`token SP target SP HTTP/1.x`: in lower case", "invalid_request_line",
            line: "GET / http/1.1"),
        EdgeRefusal("control bytes in the target", "control_byte", line: "GET /\u{01} HTTP/1.1"),
        EdgeRefusal("NUL in the target", "control_byte", line: "GET /\0 HTTP/1.1"),
        EdgeRefusal("space in the target", "invalid_target", line: "GET /a b HTTP/1.1"),
        EdgeRefusal("fragment in the target", "invalid_target", line: "GET /#a HTTP/1.1"),
        EdgeRefusal("non-ASCII in the target", "invalid_target", line: "GET /é HTTP/1.1"),
        EdgeRefusal(
            "asterisk-form with anything but OPTIONS", "invalid_target", line: "GET * HTTP/1.1"),
        EdgeRefusal(
            "an unknown major version: 2", "http_version_not_supported", status: 505,
            line: "GET / HTTP/2.0"
        ),
        EdgeRefusal(
            "an unknown major version: 0", "http_version_not_supported", status: 505,
            line: "GET / HTTP/0.9"
        ),
        EdgeRefusal(
            "an unknown major version: HTTP/2's preface", "http_version_not_supported", status: 505,
            line: "PRI * HTTP/2.0"),
    ]

    private static let hosts: [EdgeRefusal] = [
        EdgeRefusal("no Host", 400, "missing_host", "GET / HTTP/1.1\r\n\r\n"),
        EdgeRefusal("two Hosts", "repeated_host", fields: "Host: a"),
        EdgeRefusal("an invalid Host", 400, "invalid_host", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"),
        EdgeRefusal("an empty Host", 400, "invalid_host", "GET / HTTP/1.1\r\nHost:\r\n\r\n"),
        EdgeRefusal(
            "an absolute-form target whose authority disagrees with Host", "host_mismatch",
            line: "GET http://b/ HTTP/1.1"),
    ]

    private static let fields: [EdgeRefusal] = [
        EdgeRefusal("a header name that is not a token", "invalid_field_name", fields: "X(Y: b"),
        EdgeRefusal("a header name that is empty", "invalid_field_name", fields: ": b"),
        EdgeRefusal(
            "a header name over 255 bytes", "field_name_too_long",
            fields: repeated("n", 256) + ": b"),
        EdgeRefusal("a line without a colon", "invalid_field_name", fields: "Accept"),
        EdgeRefusal("a space before the colon", "space_before_colon", fields: "X : b"),
        EdgeRefusal("a tab before the colon", "space_before_colon", fields: "X\t: b"),
        EdgeRefusal("a folded line", "folded_line", fields: "X: b\r\n c"),
        EdgeRefusal("a folded line, by a tab", "folded_line", fields: "X: b\r\n\tc"),
        EdgeRefusal("NUL in a value", "control_byte", fields: "X: b\0"),
        EdgeRefusal("CR in a value", "bare_carriage_return", fields: "X: b\rc"),
        EdgeRefusal("LF in a value", "bare_line_feed", fields: "X: b\nc"),
        EdgeRefusal("other control bytes in a value", "control_byte", fields: "X: b\u{07}"),
        EdgeRefusal("other control bytes in a value: DEL", "control_byte", fields: "X: b\u{7F}"),
        EdgeRefusal(
            "Expect other than 100-continue: 417", "expectation_failed", status: 417,
            fields: "Expect: tea\r\nContent-Length: 2", body: "{}"),
    ]

    private static let lengths: [EdgeRefusal] = [
        EdgeRefusal(
            "Content-Length that is empty", "invalid_content_length", fields: "Content-Length:"),
        EdgeRefusal(
            "Content-Length that is signed", "invalid_content_length", fields: "Content-Length: +2",
            body: "{}"),
        EdgeRefusal(
            "Content-Length that is negative", "invalid_content_length",
            fields: "Content-Length: -2"),
        EdgeRefusal(
            "Content-Length that is not 1*DIGIT", "invalid_content_length",
            fields: "Content-Length: 0x2", body: "{}"),
        EdgeRefusal(
            "Content-Length over 18 digits", "invalid_content_length",
            fields: "Content-Length: 0000000000000000002", body: "{}"),
        EdgeRefusal(
            "Content-Length that wraps a word", "invalid_content_length",
            fields: "Content-Length: 18446744073709551618", body: "{}"),
        EdgeRefusal(
            "Content-Length repeated, the same twice", "repeated_content_length",
            fields: "Content-Length: 2\r\nContent-Length: 2", body: "{}"),
        EdgeRefusal(
            "Content-Length repeated, two values", "repeated_content_length",
            fields: "Content-Length: 2\r\nContent-Length: 3", body: "{}"),
        EdgeRefusal(
            "Content-Length repeated as a list", "invalid_content_length",
            fields: "Content-Length: 2, 2", body: "{}"),
        EdgeRefusal(
            "Transfer-Encoding together with Content-Length", "ambiguous_length",
            fields: "Content-Length: 5\r\nTransfer-Encoding: chunked", body: "0\r\n\r\n"),
        EdgeRefusal(
            "Content-Length together with Transfer-Encoding", "ambiguous_length",
            fields: "Transfer-Encoding: chunked\r\nContent-Length: 5", body: "0\r\n\r\n"),
        EdgeRefusal(
            "Transfer-Encoding in HTTP/1.0", 400, "unexpected_transfer_encoding",
            "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        EdgeRefusal(
            "Transfer-Encoding twice", "repeated_transfer_encoding",
            fields: "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", body: "0\r\n\r\n"),
        EdgeRefusal(
            "anything but exactly `chunked`: twice in a list", "invalid_transfer_encoding",
            fields: "Transfer-Encoding: chunked, chunked"),
        EdgeRefusal(
            "anything but exactly `chunked`: in quotes", "invalid_transfer_encoding",
            fields: "Transfer-Encoding: \"chunked\""),
        EdgeRefusal(
            "anything but exactly `chunked`: behind a vertical tab", "control_byte",
            fields: "Transfer-Encoding: \u{0B}chunked"),
        EdgeRefusal(
            "an unknown coding: 501", "unknown_transfer_coding", status: 501,
            fields: "Transfer-Encoding: gzip"),
        EdgeRefusal(
            "an unknown coding before chunked: 501", "unknown_transfer_coding", status: 501,
            fields: "Transfer-Encoding: gzip, chunked"),
    ]

    private static let chunks: [EdgeRefusal] = [
        EdgeRefusal(
            "chunk sizes that have 0x", "invalid_chunk_size", chunks: "0x2\r\n{}\r\n0\r\n\r\n"),
        EdgeRefusal(
            "chunk sizes that have _", "invalid_chunk_size", chunks: "0_2\r\n{}\r\n0\r\n\r\n"),
        EdgeRefusal(
            "chunk sizes that have +", "invalid_chunk_size", chunks: "+2\r\n{}\r\n0\r\n\r\n"),
        EdgeRefusal(
            "chunk sizes that have -", "invalid_chunk_size", chunks: "-2\r\n{}\r\n0\r\n\r\n"),
        EdgeRefusal(
            "chunk sizes that have a space", "invalid_chunk_size", chunks: "2 \r\n{}\r\n0\r\n\r\n"),
        EdgeRefusal(
            "chunk sizes that are not 1-8 hex digits: none", "invalid_chunk_size",
            chunks: "\r\n{}\r\n"),
        EdgeRefusal(
            "chunk sizes that are not 1-8 hex digits: nine", "invalid_chunk_size",
            chunks: "000000002\r\n{}\r\n0\r\n\r\n"),
        EdgeRefusal("a chunk line that ends in LF", "bare_line_feed", chunks: "2\n{}\r\n0\r\n\r\n"),
        EdgeRefusal(
            "extensions over 256 bytes in all: in one chunk", "chunk_extensions_too_long",
            chunks: "2;" + repeated("e", 256) + "\r\n{}\r\n0\r\n\r\n"),
        EdgeRefusal(
            "extensions over 256 bytes in all: in several", "chunk_extensions_too_long",
            chunks: "1;" + repeated("e", 200) + "\r\n{\r\n1;" + repeated("e", 56)
                + "\r\n}\r\n0\r\n\r\n"),
        EdgeRefusal(
            "extensions that are none", "invalid_chunk_extension", chunks: "2;\r\n{}\r\n0\r\n\r\n"),
        EdgeRefusal(
            "trailers over the head's limits: bytes", "trailers_too_large",
            chunks: "0\r\nX: " + repeated("t", 17_000) + "\r\n\r\n"),
        EdgeRefusal(
            "trailers over the head's limits: fields", "trailers_too_large",
            chunks: "0\r\n" + repeated("X: t\r\n", 65) + "\r\n"),
        EdgeRefusal(
            "trailers that are no fields", "space_before_colon", chunks: "0\r\nX : t\r\n\r\n"),
        EdgeRefusal(
            "a missing CRLF after a chunk", "missing_chunk_end", chunks: "2\r\n{}0\r\n\r\n"),
        EdgeRefusal(
            "more than its size in a chunk", "missing_chunk_end", chunks: "2\r\n{}}\r\n0\r\n\r\n"),
    ]

    private static let limits: [EdgeRefusal] = [
        EdgeRefusal(
            "request line 8 KiB: 414", "request_line_too_long", status: 414,
            line: "GET /" + repeated("a", 8_200) + " HTTP/1.1"),
        EdgeRefusal(
            "head 16 KiB: 431", "head_too_large", status: 431,
            fields: repeated("X: " + repeated("b", 1_000) + "\r\n", 20) + "Y: c"),
        EdgeRefusal(
            "64 fields together: 431", "too_many_fields", status: 431,
            fields: repeated("X: b\r\n", 63) + "Y: c"),
        EdgeRefusal(
            "entry body 16 KiB: 413", "body_too_large", status: 413, fields: "Content-Length: 16385"
        ),
        EdgeRefusal(
            "entry body 16 KiB: 413, in chunks", "body_too_large", status: 413, chunks: "4001\r\n"),
    ]

    private static func repeated(_ text: String, _ count: Int) -> String {
        String(repeating: text, count: count)
    }
}
