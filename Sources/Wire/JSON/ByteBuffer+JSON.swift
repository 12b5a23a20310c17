package import Bytes

extension ByteBuffer {
    /// Appends a JSON string: quoted, with what must be escaped escaped.
    ///
    /// What is not UTF-8 becomes U+FFFD, so that the text is JSON whatever came from the wire.
    package mutating func append(jsonString text: RawSpan) {
        let end = text.byteCount
        reserve(end + 2)
        append(Byte.quote)
        var start = 0
        var at = 0
        while true {
            at = text.firstNotPlainJSON(from: at, to: end)
            if at == end { break }
            let length = text[at] < 0x80 ? 0 : UTF8Sequence.length(in: text, at: at, to: end)
            if length > 0 {
                at += length
                continue
            }
            append(text.extracting(start..<at))
            appendEscaped(text[at])
            at += 1
            start = at
        }
        append(text.extracting(start..<end))
        append(Byte.quote)
    }

    /// Appends a JSON string.
    package mutating func append(jsonString text: String) {
        text.withBytes { append(jsonString: $0) }
    }

    /// Appends a JSON string of a text in the source, which may need escapes too.
    package mutating func append(jsonString text: StaticString) {
        let bytes = unsafe RawSpan(
            _unsafeStart: text.utf8Start, byteCount: text.utf8CodeUnitCount)
        append(jsonString: bytes)
    }

    /// Appends an integer in decimal.
    package mutating func append(json number: Int) {
        if number < 0 { append(0x2D) }
        append(decimal: UInt64(number.magnitude))
    }

    /// Appends the shortest decimal that reads back as the same number; `null` for what JSON has
    /// no number for (NaN, infinities). Whole numbers are written without a fraction.
    package mutating func append(json number: Double) {
        guard number.isFinite else { return append("null") }
        // Below 2^53 the conversion to an integer is in range, and exact for whole numbers.
        if number.magnitude < 9_007_199_254_740_992, Double(Int(number)) == number {
            return append(json: Int(number))
        }
        append(number.description)
    }

    private mutating func appendEscaped(_ byte: UInt8) {
        switch byte {
        case Byte.quote: append("\\\"" as StaticString)
        case Byte.backslash: append("\\\\" as StaticString)
        case Byte.lineFeed: append("\\n" as StaticString)
        case Byte.carriageReturn: append("\\r" as StaticString)
        case Byte.tab: append("\\t" as StaticString)
        case 0x80...: append("\u{FFFD}" as StaticString)
        default:
            append("\\u00" as StaticString)
            append(byte >> 4 &+ Byte.zero)
            append(byte & 0x0F < 10 ? byte & 0x0F &+ Byte.zero : byte & 0x0F &+ 0x57)
        }
    }
}
