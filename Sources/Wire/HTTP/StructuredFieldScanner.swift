internal import Bytes

/// The bytes are no structured field, or one beyond the bounds.
package enum StructuredFieldError: Error {
    case malformed
}

/// A bare item of a structured field (RFC 9651, 3.3), as far as signatures have them.
enum StructuredItem: Equatable {
    /// Between the quotes, escapes as they are written.
    case string(Range<Int>)
    case integer(Int64)
    /// Base64, between the colons.
    case bytes(Range<Int>)
    /// A token, a Boolean; a parameter without a value is true.
    case other
}

/// Reads a structured field (RFC 9651) token by token, front to back. Decimals, dates and display
/// strings are not taken: no field about signatures has one. Allocates nothing.
struct StructuredFieldScanner: BitwiseCopyable {
    private(set) var offset: Int
    private let end: Int

    /// Digits of an integer (RFC 9651, 3.3.1).
    private static var integerDigits: Int { 15 }

    init(_ range: Range<Int>) {
        offset = range.lowerBound
        end = range.upperBound
    }

    var isAtEnd: Bool { offset == end }

    /// The next byte, if it is this one.
    mutating func take(_ byte: UInt8, in bytes: RawSpan) -> Bool {
        guard offset < end, bytes[offset] == byte else { return false }
        offset += 1
        return true
    }

    mutating func require(_ byte: UInt8, in bytes: RawSpan) throws(StructuredFieldError) {
        guard take(byte, in: bytes) else { throw .malformed }
    }

    mutating func skipSpaces(in bytes: RawSpan) {
        while take(ASCII.space, in: bytes) {}
    }

    /// Behind a member of a dictionary.
    /// - Returns: whether another one follows.
    mutating func nextMember(in bytes: RawSpan) throws(StructuredFieldError) -> Bool {
        skipOptionalSpace(in: bytes)
        if isAtEnd { return false }
        try require(ASCII.comma, in: bytes)
        skipOptionalSpace(in: bytes)
        guard !isAtEnd else { throw .malformed }
        return true
    }

    private mutating func skipOptionalSpace(in bytes: RawSpan) {
        while take(ASCII.space, in: bytes) || take(ASCII.tab, in: bytes) {}
    }

    /// The name of a member or a parameter.
    mutating func key(in bytes: RawSpan) throws(StructuredFieldError) -> Range<Int> {
        let start = offset
        while offset < end, Self.isKey(bytes[offset], isFirst: offset == start) { offset += 1 }
        guard offset > start else { throw .malformed }
        return start..<offset
    }

    private static func isKey(_ byte: UInt8, isFirst: Bool) -> Bool {
        if byte &- UInt8(ascii: "a") < 26 || byte == UInt8(ascii: "*") { return true }
        return !isFirst
            && (ASCII.isDigit(byte) || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
                || byte == UInt8(ascii: "."))
    }

    /// A bare item.
    mutating func item(in bytes: RawSpan) throws(StructuredFieldError) -> StructuredItem {
        guard offset < end else { throw .malformed }
        switch bytes[offset] {
        case ASCII.quote: return .string(try string(in: bytes))
        case ASCII.colon: return .bytes(try byteSequence(in: bytes))
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            return .integer(try integer(in: bytes))
        case UInt8(ascii: "?"):
            offset += 1
            guard take(UInt8(ascii: "0"), in: bytes) || take(UInt8(ascii: "1"), in: bytes) else {
                throw .malformed
            }
            return .other
        default:
            try token(in: bytes)
            return .other
        }
    }

    mutating func string(in bytes: RawSpan) throws(StructuredFieldError) -> Range<Int> {
        try require(ASCII.quote, in: bytes)
        let start = offset
        while offset < end {
            let byte = bytes[offset]
            offset += 1
            switch byte {
            case ASCII.quote: return start..<(offset - 1)
            case ASCII.backslash:
                guard take(ASCII.quote, in: bytes) || take(ASCII.backslash, in: bytes) else {
                    throw .malformed
                }
            case 0x20..<0x7F: break
            default: throw .malformed
            }
        }
        throw .malformed
    }

    private mutating func byteSequence(
        in bytes: RawSpan
    ) throws(StructuredFieldError) -> Range<Int> {
        try require(ASCII.colon, in: bytes)
        let start = offset
        while offset < end {
            let byte = bytes[offset]
            offset += 1
            if byte == ASCII.colon { return start..<(offset - 1) }
            let isDigit =
                ASCII.isDigit(byte) || ASCII.lowercased(byte) &- UInt8(ascii: "a") < 26
                || byte == UInt8(ascii: "+") || byte == ASCII.slash || byte == UInt8(ascii: "=")
            guard isDigit else { throw .malformed }
        }
        throw .malformed
    }

    private mutating func integer(in bytes: RawSpan) throws(StructuredFieldError) -> Int64 {
        let isNegative = take(UInt8(ascii: "-"), in: bytes)
        let start = offset
        var value: Int64 = 0
        while offset < end, ASCII.isDigit(bytes[offset]) {
            guard offset - start < Self.integerDigits else { throw .malformed }
            value = value * 10 + Int64(bytes[offset] - ASCII.zero)
            offset += 1
        }
        guard offset > start else { throw .malformed }
        return isNegative ? -value : value
    }

    private mutating func token(in bytes: RawSpan) throws(StructuredFieldError) {
        let first = bytes[offset]
        guard ASCII.lowercased(first) &- UInt8(ascii: "a") < 26 || first == UInt8(ascii: "*")
        else { throw .malformed }
        while offset < end,
            ByteSet.token.contains(bytes[offset]) || bytes[offset] == ASCII.colon
                || bytes[offset] == ASCII.slash
        {
            offset += 1
        }
    }

    /// The next parameter of an item or a list.
    /// - Returns: nil behind the last one.
    mutating func parameter(
        in bytes: RawSpan
    ) throws(StructuredFieldError) -> (key: Range<Int>, item: StructuredItem)? {
        guard take(UInt8(ascii: ";"), in: bytes) else { return nil }
        skipSpaces(in: bytes)
        let key = try key(in: bytes)
        guard take(UInt8(ascii: "="), in: bytes) else { return (key, .other) }
        return (key, try item(in: bytes))
    }

    mutating func skipParameters(in bytes: RawSpan) throws(StructuredFieldError) {
        while try parameter(in: bytes) != nil {}
    }
}
