internal import Bytes

extension ResponseParser {
    /// `field-name ":" OWS field-value OWS` (RFC 9112, 5). Control bytes have been looked for.
    @inline(__always)
    mutating func readField(
        _ bytes: RawSpan, from start: Int, to end: Int
    ) throws(ResponseRejection) {
        let colon = try Self.endOfName(bytes, from: start, to: end)
        let count = colon - start
        // Few fields matter, and their lengths tell them from most others.
        switch count {
        case 4 where bytes.isToken(at: start, count: count, named: "date"):
            let value = bytes.trimmed(colon + 1, end)
            date = ByteRange(value.start..<value.end)
        case 10 where bytes.isToken(at: start, count: count, named: "connection"):
            if bytes.hasElement("close", colon + 1, end) { closes = true }
        case 11 where bytes.isToken(at: start, count: count, named: "retry-after"):
            let value = bytes.trimmed(colon + 1, end)
            retryAfterSeconds = Self.decimal(bytes, value.start, value.end)
        case 12 where bytes.isToken(at: start, count: count, named: "content-type"):
            let value = bytes.trimmed(colon + 1, end)
            contentType = ByteRange(value.start..<value.end)
        case 14 where bytes.isToken(at: start, count: count, named: "content-length"):
            guard contentLength == nil, !isChunked else { throw .ambiguousLength }
            let value = bytes.trimmed(colon + 1, end)
            guard let length = Self.decimal(bytes, value.start, value.end) else {
                throw .invalidContentLength
            }
            contentLength = length
        case 17 where bytes.isToken(at: start, count: count, named: "transfer-encoding"):
            guard contentLength == nil, !isChunked else { throw .ambiguousLength }
            let value = bytes.trimmed(colon + 1, end)
            guard bytes.extracting(value.start..<value.end).equals(ignoringCase: "chunked") else {
                throw .unknownTransferCoding
            }
            isChunked = true
        default: break
        }
    }

    /// Where the colon behind a good name is.
    @inline(__always)
    static func endOfName(
        _ bytes: RawSpan, from start: Int, to end: Int
    ) throws(ResponseRejection) -> Int {
        let plain = bytes.skipPlain(from: start, to: end)
        let colon = bytes.firstNot(.token, from: plain, to: end)
        guard colon > start, colon < end, bytes[colon] == Byte.colon else { throw .invalidField }
        return colon
    }

    /// `1*DIGIT`, at most 18 of them, so that no sum overflows.
    private static func decimal(_ bytes: RawSpan, _ start: Int, _ end: Int) -> Int? {
        guard start < end, end - start <= 18 else { return nil }
        var value = 0
        for at in start..<end {
            guard Byte.isDigit(bytes[at]) else { return nil }
            value = value * 10 + Int(bytes[at] - Byte.zero)
        }
        return value
    }
}

extension RawSpan {
    /// Whether a list in this range has an element, in either case.
    fileprivate func hasElement(_ name: StaticString, _ start: Int, _ end: Int) -> Bool {
        var at = start
        while at < end {
            let elementEnd = first(Byte.comma, from: at, to: end) ?? end
            let element = trimmed(at, elementEnd)
            if extracting(element.start..<element.end).equals(ignoringCase: name) { return true }
            at = elementEnd + 1
        }
        return false
    }
}
