internal import Bytes

extension JSONDocument {
    /// A string, a number or a literal, `first` being its first byte.
    mutating func readScalar(
        _ first: UInt8, _ bytes: RawSpan, _ at: inout Int
    ) throws(JSONError) {
        switch first {
        case Byte.quote: try readString(bytes, &at)
        case 0x74: try readLiteral("true", .true, bytes, &at)
        case 0x66: try readLiteral("false", .false, bytes, &at)
        case 0x6E: try readLiteral("null", .null, bytes, &at)
        case 0x2D, 0x30...0x39: try readNumber(bytes, &at)
        default: throw JSONError(.unexpectedByte, at: at)
        }
    }

    private mutating func readLiteral(
        _ text: StaticString, _ kind: JSONNode.Kind, _ bytes: RawSpan, _ at: inout Int
    ) throws(JSONError) {
        let length = text.utf8CodeUnitCount
        for index in 0..<length {
            // Safe: `index` is within the text.
            guard try unsafe byte(bytes, at: at + index) == text.utf8Start[index] else {
                throw JSONError(.unexpectedByte, at: at + index)
            }
        }
        append(kind, from: at, to: at + length)
        at += length
    }

    /// `[ "-" ] int [ frac ] [ exp ]` (RFC 8259, 6), of any length.
    private mutating func readNumber(_ bytes: RawSpan, _ at: inout Int) throws(JSONError) {
        let start = at
        if bytes[at] == 0x2D { at += 1 }
        if try byte(bytes, at: at) == Byte.zero {
            at += 1
            if at < bytes.byteCount, Byte.isDigit(bytes[at]) {
                throw JSONError(.invalidNumber, at: at)
            }
        } else {
            try skipDigits(bytes, &at)
        }
        if at < bytes.byteCount, bytes[at] == 0x2E {
            at += 1
            try skipDigits(bytes, &at)
        }
        if at < bytes.byteCount, bytes[at] | 0x20 == 0x65 {
            at += 1
            let sign = try byte(bytes, at: at)
            if sign == 0x2B || sign == 0x2D { at += 1 }
            try skipDigits(bytes, &at)
        }
        append(.number, from: start, to: at)
    }

    /// At least one.
    private func skipDigits(_ bytes: RawSpan, _ at: inout Int) throws(JSONError) {
        guard Byte.isDigit(try byte(bytes, at: at)) else {
            throw JSONError(.invalidNumber, at: at)
        }
        repeat { at += 1 } while at < bytes.byteCount && Byte.isDigit(bytes[at])
    }

    /// A string, `at` being its opening quote.
    mutating func readString(_ bytes: RawSpan, _ at: inout Int) throws(JSONError) {
        let end = bytes.byteCount
        let start = at + 1
        var hasEscapes = false
        at = start
        while true {
            at = bytes.firstNotPlainJSON(from: at, to: end)
            let stop = try byte(bytes, at: at)
            if stop == Byte.quote {
                append(.string, from: start, to: at, hasEscapes: hasEscapes)
                at += 1
                return
            }
            if stop == Byte.backslash {
                hasEscapes = true
                at += try JSONEscape.length(in: bytes, at: at)
            } else if stop < 0x20 {
                throw JSONError(.controlByteInString, at: at)
            } else {
                let length = UTF8Sequence.length(in: bytes, at: at, to: end)
                if length == 0 { throw JSONError(.invalidUTF8, at: at) }
                at += length
            }
        }
    }
}
