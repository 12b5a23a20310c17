internal import Bytes

/// Reads the fields of one message of Protocol Buffers, front to back. It holds offsets only: the
/// bytes are the caller's, and the same at each call.
struct ProtobufReader {
    private var offset: Int
    private let end: Int

    /// - Parameter range: where the message is; within the bytes.
    init(_ range: Range<Int>) {
        offset = range.lowerBound
        end = range.upperBound
    }

    /// The next field; nil at the message's end.
    mutating func next(in bytes: RawSpan) throws(ProtobufError) -> ProtobufField? {
        guard offset < end else { return nil }
        let tag = try varint(in: bytes)
        let number = tag >> 3
        guard number >= 1, number < 1 << 29 else { throw .fieldNumber }
        switch tag & 7 {
        case 0: return ProtobufField(number: number, value: .varint(try varint(in: bytes)))
        case 1: return ProtobufField(number: number, value: .bytes(try take(8), isText: false))
        case 2:
            let length = try varint(in: bytes)
            guard length <= UInt64(end - offset) else { throw .length }
            return ProtobufField(
                number: number, value: .bytes(try take(Int(length)), isText: true))
        case 5: return ProtobufField(number: number, value: .bytes(try take(4), isText: false))
        default: throw .wireType
        }
    }

    private mutating func take(_ count: Int) throws(ProtobufError) -> Range<Int> {
        guard count <= end - offset else { throw .length }
        offset += count
        return offset - count..<offset
    }

    /// At most ten bytes, the last of them 1 at most.
    private mutating func varint(in bytes: RawSpan) throws(ProtobufError) -> UInt64 {
        var value: UInt64 = 0
        for place in 0..<10 {
            guard offset < end else { throw .length }
            let byte = bytes[offset]
            offset += 1
            guard place < 9 || byte <= 1 else { throw .varint }
            value |= UInt64(byte & 0x7F) << UInt64(7 * place)
            if byte < 0x80 { return value }
        }
        throw .varint
    }
}

/// Why bytes are no message of the kind that was expected.
package enum ProtobufError: String, Error, Equatable, Sendable {
    case varint = "a number is too long"
    case length = "a field is longer than the message"
    case fieldNumber = "a field has no valid number"
    case wireType = "a field is of another type"
    case range = "a number is negative"
    case tooMany = "a list or a text is beyond its limit"
}
