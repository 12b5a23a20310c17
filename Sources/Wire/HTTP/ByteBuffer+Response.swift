package import Bytes
package import Time

/// How the end of a streamed answer's body is told.
package enum StreamFraming: Sendable {
    /// In chunks, to a client that speaks HTTP/1.1.
    case chunked
    /// By closing the connection, to one that speaks HTTP/1.0.
    case untilClose
}

extension ByteBuffer {
    /// Appends a complete answer: status line, fields, body.
    ///
    /// A body's answer has `Content-Length`; 204 and 304 have neither (RFC 9110, 8.6). To HEAD,
    /// the fields are those of GET, and the body is left out.
    ///
    /// - Parameters:
    ///   - usual: the fields that every answer has; see ``append(usualFields:)``.
    ///   - contentType: of the body; nil leaves the field out.
    ///   - headers: fields beside the usual ones.
    ///   - closes: whether the connection ends with this answer.
    ///   - isHead: whether the request's method was HEAD.
    package mutating func append(
        response status: HTTPStatus, usual: RawSpan, contentType: StaticString?,
        headers: borrowing HeaderLines, body: RawSpan, closes: Bool = false, isHead: Bool = false
    ) {
        append(
            response: status, usual: usual, contentType: contentType, lines: headers.bytes,
            body: body, closes: closes, isHead: isHead)
    }

    /// Appends a complete answer without fields beside the usual ones.
    package mutating func append(
        response status: HTTPStatus, usual: RawSpan, contentType: StaticString?, body: RawSpan,
        closes: Bool = false, isHead: Bool = false
    ) {
        append(
            response: status, usual: usual, contentType: contentType, lines: RawSpan(), body: body,
            closes: closes, isHead: isHead)
    }

    /// Appends the head of an answer whose body of so many bytes is sent behind it, and not copied.
    /// - Precondition: the status has a body.
    package mutating func append(
        headOf status: HTTPStatus, usual: RawSpan, contentType: StaticString,
        headers: borrowing HeaderLines, bodyBytes: Int, closes: Bool
    ) {
        precondition(!status.isBodiless, "this status has no body")
        appendHead(status, usual: usual, lines: headers.bytes, closes: closes)
        append("Content-Type: " as StaticString)
        append(contentType)
        append("\r\nContent-Length: " as StaticString)
        append(decimal: UInt64(bodyBytes))
        append("\r\n\r\n" as StaticString)
    }

    /// Appends what answers of one status and type have in common, up to the number of their
    /// `Content-Length`: written once, and then copied as one piece by
    /// ``append(prepared:headers:body:closes:isHead:)``.
    /// - Precondition: the status has a body.
    package mutating func append(
        preparing status: HTTPStatus, usual: RawSpan, contentType: StaticString
    ) {
        precondition(!status.isBodiless, "this status has no body")
        append(status.line)
        append(usual)
        append("Content-Type: " as StaticString)
        append(contentType)
        append("\r\nContent-Length: " as StaticString)
    }

    /// Appends a complete answer whose beginning was prepared.
    package mutating func append(
        prepared head: RawSpan, headers: borrowing HeaderLines, body: RawSpan, closes: Bool,
        isHead: Bool
    ) {
        // The number and the constant texts take less than 64 bytes.
        reserve(64 + head.byteCount + headers.bytes.byteCount + body.byteCount)
        append(head)
        append(decimal: UInt64(body.byteCount))
        append("\r\n" as StaticString)
        if closes { append("Connection: close\r\n" as StaticString) }
        append(headers.bytes)
        append("\r\n" as StaticString)
        if !isHead { append(body) }
    }

    /// Appends the fields that every answer has, as lines: `Date` and `X-Content-Type-Options`.
    /// Written once a second, and copied into the answers of that second.
    package mutating func append(usualFields time: Timestamp) {
        append("Date: " as StaticString)
        append(imfFixdate: time)
        append("\r\nX-Content-Type-Options: nosniff\r\n" as StaticString)
    }

    /// Appends the head of an answer whose length is not known; the body follows by
    /// ``append(chunk:)``, or as it is, by its framing.
    package mutating func append(
        streamHead status: HTTPStatus, usual: RawSpan, contentType: StaticString,
        headers: borrowing HeaderLines, framing: StreamFraming, closes: Bool = false
    ) {
        precondition(!status.isBodiless, "this status has no body to stream")
        appendHead(
            status, usual: usual, lines: headers.bytes, closes: closes || framing == .untilClose)
        append("Content-Type: " as StaticString)
        append(contentType)
        if framing == .chunked { append("\r\nTransfer-Encoding: chunked" as StaticString) }
        append("\r\n\r\n" as StaticString)
    }

    /// Appends one chunk of a chunked body; nothing for no bytes, as that would end the body.
    package mutating func append(chunk: RawSpan) {
        if chunk.byteCount == 0 { return }
        var size = chunk.byteCount
        var digits = InlineArray<16, UInt8>(repeating: 0)
        var first = 16
        while size > 0 {
            first -= 1
            let digit = UInt8(truncatingIfNeeded: size & 0xF)
            digits[first] = digit < 10 ? Byte.zero + digit : 0x57 + digit
            size >>= 4
        }
        for index in first..<16 { append(digits[index]) }
        append("\r\n" as StaticString)
        append(chunk)
        append("\r\n" as StaticString)
    }

    /// Appends what ends a chunked body.
    package mutating func appendLastChunk() {
        append("0\r\n\r\n" as StaticString)
    }

    /// Appends the interim answer that tells a client to send its body.
    package mutating func append100Continue() {
        append("HTTP/1.1 100 Continue\r\n\r\n" as StaticString)
    }

    private mutating func append(
        response status: HTTPStatus, usual: RawSpan, contentType: StaticString?, lines: RawSpan,
        body: RawSpan, closes: Bool, isHead: Bool
    ) {
        // Everything else takes less than 256 bytes.
        reserve(256 + usual.byteCount + lines.byteCount + body.byteCount)
        appendHead(status, usual: usual, lines: lines, closes: closes)
        guard !status.isBodiless else { return append("\r\n" as StaticString) }
        if let contentType {
            append("Content-Type: " as StaticString)
            append(contentType)
            append("\r\nContent-Length: " as StaticString)
        } else {
            append("Content-Length: " as StaticString)
        }
        append(decimal: UInt64(body.byteCount))
        append("\r\n\r\n" as StaticString)
        if !isHead { append(body) }
    }

    /// Everything up to the fields that tell of the body.
    private mutating func appendHead(
        _ status: HTTPStatus, usual: RawSpan, lines: RawSpan, closes: Bool
    ) {
        append(status.line)
        append(usual)
        if closes { append("Connection: close\r\n" as StaticString) }
        if lines.byteCount > 0 { append(lines) }
    }
}
