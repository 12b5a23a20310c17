/// Where one header field lies in its request's head: eight bytes, as a head is at most 64 KiB.
///
/// Inlined into other modules: a request has a dozen fields or more.
@usableFromInline
package struct HeaderRange: Sendable, BitwiseCopyable {
    @usableFromInline package let nameStart: UInt16
    @usableFromInline package let valueStart: UInt16
    @usableFromInline package let valueCount: UInt16
    @usableFromInline package let nameCount: UInt8
    /// For whoever reads the head: what the name is to it. 0 is for nothing.
    @usableFromInline package let mark: UInt8

    @inlinable package init(
        nameStart: UInt16, nameCount: UInt8, valueStart: UInt16, valueCount: UInt16,
        mark: UInt8 = 0
    ) {
        self.nameStart = nameStart
        self.nameCount = nameCount
        self.valueStart = valueStart
        self.valueCount = valueCount
        self.mark = mark
    }

    /// Of a longer name, the first 255 bytes count.
    /// - Precondition: both lie within the first 64 KiB.
    package init(name: ByteRange, value: ByteRange) {
        self.init(
            nameStart: UInt16(name.start), nameCount: UInt8(clamping: name.count),
            valueStart: UInt16(value.start), valueCount: UInt16(value.count))
    }

    /// The name as it was sent: a token, 1 to 255 bytes.
    @inlinable package var name: ByteRange {
        ByteRange(start: UInt32(nameStart), count: UInt32(nameCount))
    }

    /// The value without the spaces and tabs around it: no control bytes but tab; may be empty,
    /// and may have bytes beyond ASCII (RFC 9110, 5.5: obs-text).
    @inlinable package var value: ByteRange {
        ByteRange(start: UInt32(valueStart), count: UInt32(valueCount))
    }
}
