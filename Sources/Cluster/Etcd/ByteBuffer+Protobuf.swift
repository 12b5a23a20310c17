internal import Bytes

/// Writes messages of Protocol Buffers (protobuf.dev, "Encoding"), field by field.
extension ByteBuffer {
    mutating func appendVarint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }

    /// A field of wire type 0.
    mutating func appendField(_ number: UInt64, varint value: UInt64) {
        appendVarint(number << 3)
        appendVarint(value)
    }

    /// A field of wire type 2.
    mutating func appendField(_ number: UInt64, bytes: RawSpan) {
        appendVarint(number << 3 | 2)
        appendVarint(UInt64(bytes.byteCount))
        append(bytes)
    }

    mutating func appendField(_ number: UInt64, bytes: [UInt8]) {
        unsafe appendField(number, bytes: bytes.span.bytes)
    }

    /// Begins a message within the message: its length is written when it ends.
    /// - Returns: what ``endMessage(_:)`` takes.
    mutating func beginMessage(_ number: UInt64) -> Int {
        appendVarint(number << 3 | 2)
        append(littleEndian: UInt32(0))
        return count
    }

    /// Writes the length as four bytes, whatever it is: a reader takes a varint that is longer than
    /// it need be.
    /// - Precondition: the message is shorter than 2^28 bytes.
    mutating func endMessage(_ start: Int) {
        let length = UInt32(count - start)
        precondition(length < 1 << 28, "a message's length fits four bytes of a varint")
        let bytes = (0..<4).reduce(UInt32(0)) { bytes, place in
            let digit = length >> (7 * UInt32(place)) & 0x7F | (place < 3 ? 0x80 : 0)
            return bytes | digit << (8 * UInt32(place))
        }
        overwrite(littleEndian: bytes, at: start - 4)
    }
}
