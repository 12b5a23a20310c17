internal import Bytes

extension ByteBuffer {
    /// Appends text with `\` and line feed escaped, and `"` too if `quotes`. Both formats write
    /// label values so, and OpenMetrics its help. Invalid UTF-8 becomes U+FFFD.
    mutating func appendEscaped(_ text: RawSpan, quotes: Bool) {
        var clean = 0
        var isASCII = true
        for offset in 0..<text.byteCount {
            let byte = text[offset]
            if byte >= 0x80 { isASCII = false }
            if !needsEscape(byte, quotes: quotes) { clean += 1 }
        }
        if !isASCII {
            // Rare, since most labels are identifiers: a copy allows the repair of invalid UTF-8.
            let repaired = text.text
            unsafe appendEachEscaped(repaired.utf8Span.span.bytes, quotes: quotes)
        } else if clean == text.byteCount {
            append(text)
        } else {
            appendEachEscaped(text, quotes: quotes)
        }
    }

    mutating func appendEscaped(_ text: StaticString, quotes: Bool) {
        precondition(text.hasPointerRepresentation, "a static text is more than one scalar")
        let start = unsafe UnsafeRawPointer(text.utf8Start)
        unsafe appendEscaped(
            RawSpan(_unsafeStart: start, byteCount: text.utf8CodeUnitCount), quotes: quotes)
    }

    private mutating func appendEachEscaped(_ text: RawSpan, quotes: Bool) {
        for offset in 0..<text.byteCount {
            let byte = text[offset]
            if needsEscape(byte, quotes: quotes) { append(ASCII.backslash) }
            append(byte == ASCII.lineFeed ? 0x6E : byte)
        }
    }
}

private func needsEscape(_ byte: UInt8, quotes: Bool) -> Bool {
    byte == ASCII.backslash || byte == ASCII.lineFeed || (quotes && byte == ASCII.quote)
}
