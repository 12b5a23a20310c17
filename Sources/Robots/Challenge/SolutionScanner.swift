internal import Bytes

/// The bytes are no solution.
enum SolutionError: Error {
    case malformed
}

/// Reads JSON (RFC 8259) token by token, front to back. All that a solution has is ASCII, so
/// nothing else is taken, escaped or not.
struct SolutionScanner: BitwiseCopyable {
    private var offset = 0

    /// Bytes of a text, at most: more than any member has.
    static var maximumTextBytes: Int { 128 }

    /// The next byte behind white space, if it is this one.
    mutating func take(_ byte: UInt8, in json: RawSpan) -> Bool {
        while offset < json.byteCount, Self.isSpace(json[offset]) { offset += 1 }
        guard offset < json.byteCount, json[offset] == byte else { return false }
        offset += 1
        return true
    }

    mutating func require(_ byte: UInt8, in json: RawSpan) throws(SolutionError) {
        guard take(byte, in: json) else { throw .malformed }
    }

    /// Only white space may follow.
    mutating func requireEnd(of json: RawSpan) throws(SolutionError) {
        while offset < json.byteCount, Self.isSpace(json[offset]) { offset += 1 }
        guard offset == json.byteCount else { throw .malformed }
    }

    /// The name of an object's next member, and the colon behind it.
    /// - Parameter isFirst: whether the object has just begun; false afterwards.
    /// - Returns: false behind the object.
    mutating func nextName(
        in json: RawSpan, isFirst: inout Bool, into text: inout ByteBuffer
    ) throws(SolutionError) -> Bool {
        if take(UInt8(ascii: "}"), in: json) { return false }
        if !isFirst { try require(ASCII.comma, in: json) }
        isFirst = false
        try string(in: json, into: &text)
        try require(ASCII.colon, in: json)
        return true
    }

    /// A string.
    /// - Parameter text: overwritten.
    mutating func string(
        in json: RawSpan, into text: inout ByteBuffer
    ) throws(SolutionError) {
        text.removeAll()
        try require(ASCII.quote, in: json)
        while offset < json.byteCount {
            let byte = json[offset]
            offset += 1
            switch byte {
            case ASCII.quote: return
            case ASCII.backslash: text.append(try escaped(in: json))
            case 0x20..<0x80: text.append(byte)
            default: throw .malformed
            }
            guard text.count <= Self.maximumTextBytes else { throw .malformed }
        }
        throw .malformed
    }

    /// What stands behind a backslash.
    private mutating func escaped(in json: RawSpan) throws(SolutionError) -> UInt8 {
        guard offset < json.byteCount else { throw .malformed }
        let byte = json[offset]
        offset += 1
        switch byte {
        case ASCII.quote, ASCII.backslash, ASCII.slash: return byte
        case UInt8(ascii: "b"): return 0x08
        case UInt8(ascii: "f"): return 0x0C
        case UInt8(ascii: "n"): return 0x0A
        case UInt8(ascii: "r"): return 0x0D
        case UInt8(ascii: "t"): return 0x09
        case UInt8(ascii: "u"):
            var code: UInt32 = 0
            for _ in 0..<4 {
                guard offset < json.byteCount, let digit = Self.digit(json[offset]) else {
                    throw .malformed
                }
                code = code << 4 | UInt32(digit)
                offset += 1
            }
            guard code < 0x80 else { throw .malformed }
            return UInt8(code)
        default: throw .malformed
        }
    }

    /// A whole number from 0 on, as decimal digits.
    mutating func integer(in json: RawSpan) throws(SolutionError) -> UInt64 {
        while offset < json.byteCount, Self.isSpace(json[offset]) { offset += 1 }
        let start = offset
        var value: UInt64 = 0
        while offset < json.byteCount, ASCII.isDigit(json[offset]) {
            // Twelve digits are more than any member has.
            guard offset - start < 12 else { throw .malformed }
            value = value * 10 + UInt64(json[offset] - ASCII.zero)
            offset += 1
        }
        let isLong = offset - start > 1
        guard offset > start, !(isLong && json[start] == ASCII.zero) else { throw .malformed }
        return value
    }

    /// Any number.
    mutating func number(in json: RawSpan) throws(SolutionError) {
        _ = take(UInt8(ascii: "-"), in: json)
        let start = offset
        try digits(in: json)
        if offset - start > 1, json[start] == ASCII.zero { throw .malformed }
        if isNext(UInt8(ascii: "."), in: json) {
            offset += 1
            try digits(in: json)
        }
        guard isNext(UInt8(ascii: "e"), in: json) || isNext(UInt8(ascii: "E"), in: json) else {
            return
        }
        offset += 1
        if isNext(UInt8(ascii: "+"), in: json) || isNext(UInt8(ascii: "-"), in: json) {
            offset += 1
        }
        try digits(in: json)
    }

    private func isNext(_ byte: UInt8, in json: RawSpan) -> Bool {
        offset < json.byteCount && json[offset] == byte
    }

    /// One digit and more.
    private mutating func digits(in json: RawSpan) throws(SolutionError) {
        let start = offset
        while offset < json.byteCount, ASCII.isDigit(json[offset]) { offset += 1 }
        guard offset > start else { throw .malformed }
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        if ASCII.isDigit(byte) { return byte - ASCII.zero }
        let letter = ASCII.lowercased(byte)
        return (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(letter)
            ? letter - UInt8(ascii: "a") + 10 : nil
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == ASCII.space || byte == ASCII.tab || byte == ASCII.lineFeed
            || byte == ASCII.carriageReturn
    }
}
