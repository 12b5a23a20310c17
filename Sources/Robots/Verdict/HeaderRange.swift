package import Bytes

/// Where one header field lies in its request's head, in the order sent.
@usableFromInline
package struct HeaderRange: Sendable, BitwiseCopyable {
    @usableFromInline let nameStart: UInt16
    @usableFromInline let nameCount: UInt16
    @usableFromInline let valueStart: UInt16
    @usableFromInline let valueCount: UInt16

    /// Inlined into other modules: a request has a dozen fields or more.
    /// - Parameters:
    ///   - nameStart, nameCount: where the name lies, a token as it was sent.
    ///   - valueStart, valueCount: where the value lies, without the spaces around it.
    @inlinable package init(
        nameStart: UInt16, nameCount: UInt16, valueStart: UInt16, valueCount: UInt16
    ) {
        self.nameStart = nameStart
        self.nameCount = nameCount
        self.valueStart = valueStart
        self.valueCount = valueCount
    }

    /// - Precondition: both lie within the first 64 KiB.
    package init(name: ByteRange, value: ByteRange) {
        self.init(
            nameStart: UInt16(name.start), nameCount: UInt16(name.count),
            valueStart: UInt16(value.start), valueCount: UInt16(value.count))
    }

    var name: ByteRange { ByteRange(start: UInt32(nameStart), count: UInt32(nameCount)) }
    var value: ByteRange { ByteRange(start: UInt32(valueStart), count: UInt32(valueCount)) }
}
