package import Bytes

/// Where one header field lies in its request; eight bytes, as a head is at most 64 KiB.
package struct HTTPField: Sendable, BitwiseCopyable {
    package internal(set) var nameStart: UInt16
    package internal(set) var valueStart: UInt16
    package internal(set) var valueCount: UInt16
    package internal(set) var nameCount: UInt8
    /// Which of the fields that the gateway reads it is, if any.
    package var known: KnownField?

    /// The name as it was sent: a token, 1 to 255 bytes.
    package var name: ByteRange {
        ByteRange(start: UInt32(nameStart), count: UInt32(nameCount))
    }

    /// The value without the spaces and tabs around it: no control bytes but tab; may be empty,
    /// and may have bytes beyond ASCII (RFC 9110, 5.5: obs-text).
    package var value: ByteRange {
        ByteRange(start: UInt32(valueStart), count: UInt32(valueCount))
    }
}

/// Where something lies in a head, in four bytes.
struct HeadRange: Sendable, BitwiseCopyable {
    var start: UInt16
    var count: UInt16

    var range: ByteRange { ByteRange(start: UInt32(start), count: UInt32(count)) }
}
