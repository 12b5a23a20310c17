internal import Bytes

extension RequestParser {
    /// Reads lines up to the empty one, or up to the end of what is there.
    mutating func parseHead(_ bytes: RawSpan) throws(HTTPRejection) {
        if stage == .start {
            guard try skipLeadingLine(bytes) else { return }
            stage = .requestLine
        }
        if stage == .requestLine {
            let limit = lineStart + limits.requestLineBytes + 1
            guard let end = try endOfLine(in: bytes, before: limit, else: .requestLineTooLong)
            else { return }
            try parseRequestLine(bytes, from: lineStart, to: end)
            beginLine(at: end + 2)
            stage = .fields
        }
        // The last line feed is within the limit, so its carriage return is one byte sooner.
        let limit = limits.headBytes - 1
        while let end = try endOfLine(in: bytes, before: limit, else: .headTooLarge) {
            let start = lineStart
            beginLine(at: end + 2)
            if end == start { return try finishHead() }
            try parseField(bytes, from: start, to: end)
        }
    }

    /// Skips the one empty line that may precede a request (RFC 9112, 2.2), then makes sure that
    /// the next byte can begin a method.
    /// - Returns: whether there was a byte to tell by.
    private mutating func skipLeadingLine(_ bytes: RawSpan) throws(HTTPRejection) -> Bool {
        if lineStart == 0, bytes.byteCount > 0, bytes[0] == Byte.carriageReturn {
            guard bytes.byteCount > 1 else { return false }
            guard bytes[1] == Byte.lineFeed else { throw .bareCarriageReturn }
            beginLine(at: 2)
        }
        guard bytes.byteCount > lineStart else { return false }
        guard ByteSet.token.contains(bytes[lineStart]) else { throw .invalidMethod }
        return true
    }

    mutating func beginLine(at offset: Int) {
        lineStart = offset
        scanned = offset
    }

    /// Where the carriage return is that ends the line in progress.
    ///
    /// One pass looks for the first control byte: on a good line, that is the carriage return.
    /// - Parameters:
    ///   - limit: the first offset at which the carriage return would be too far.
    ///   - tooLong: what it is if it did not come before.
    /// - Returns: its offset, with a line feed behind it; nil if more bytes are needed.
    @inline(__always)
    mutating func endOfLine(
        in bytes: RawSpan, before limit: Int, else tooLong: HTTPRejection
    ) throws(HTTPRejection) -> Int? {
        let end = min(bytes.byteCount, limit)
        // A line can begin at or behind the limit: the one before it ended there.
        guard scanned < limit else { throw tooLong }
        let at = bytes.firstControl(from: scanned, to: end)
        scanned = at
        if at == end {
            if end == limit { throw tooLong }
            return nil
        }
        switch bytes[at] {
        case Byte.carriageReturn:
            guard at + 1 < bytes.byteCount else { return nil }
            guard bytes[at + 1] == Byte.lineFeed else { throw .bareCarriageReturn }
            return at
        case Byte.lineFeed: throw .bareLineFeed
        default: throw .controlByte
        }
    }

    /// What can only be said at the empty line.
    private mutating func finishHead() throws(HTTPRejection) {
        if minorVersion > 0, !has(.host) { throw .missingHost }
        if minorVersion == 0 {
            keepAlive = false
            isContinueAsked = false
        }
        bodyStart = lineStart
        if isChunked {
            stage = .chunkSize
        } else if let contentLength, contentLength > 0 {
            if contentLength > limits.bodyBytes { throw .bodyTooLarge }
            stage = .fixedBody
        } else {
            consumedBytes = lineStart
            stage = .complete
        }
    }
}
