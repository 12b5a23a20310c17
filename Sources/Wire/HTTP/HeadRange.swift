internal import Bytes

/// Where something lies in a head, in four bytes.
struct HeadRange: Sendable, BitwiseCopyable {
    var start: UInt16
    var count: UInt16

    var range: ByteRange { ByteRange(start: UInt32(start), count: UInt32(count)) }
}
