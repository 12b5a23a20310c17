/// Reads little-endian integers and slices from a span, front to back.
///
/// Every read checks the bytes left and throws if there are too few, because the input comes from a
/// disk or from another thread's ring.
@usableFromInline
package struct ByteReader: ~Escapable {
    @usableFromInline let bytes: RawSpan
    /// The offset of the next byte in the span.
    @usableFromInline package internal(set) var offset = 0

    @_lifetime(copy bytes)
    package init(_ bytes: RawSpan) {
        self.bytes = bytes
    }

    /// The number of bytes not yet read.
    @inlinable package var remaining: Int { bytes.byteCount - offset }

    /// Reads an integer of the given type.
    /// - Throws: ``ByteReaderError/endOfBytes`` if fewer bytes are left than it takes.
    @_lifetime(self: copy self)
    @inlinable package mutating func read<Value: FixedWidthInteger & BitwiseCopyable>(
        _ type: Value.Type = Value.self
    ) throws(ByteReaderError) -> Value {
        let width = Value.bitWidth / 8
        guard remaining >= width else { throw .endOfBytes }
        let value = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: Value.self)
        offset += width
        return Value(littleEndian: value)
    }

    /// Returns the next `length` bytes without copying them.
    /// - Throws: ``ByteReaderError/endOfBytes`` if fewer are left, or `length` is negative.
    @_lifetime(copy self)
    @_lifetime(self: copy self)
    package mutating func read(length: Int) throws(ByteReaderError) -> RawSpan {
        guard length >= 0, remaining >= length else { throw .endOfBytes }
        let slice = bytes.extracting(offset..<(offset + length))
        offset += length
        return slice
    }
}

/// The error of a ``ByteReader``.
@usableFromInline
package enum ByteReaderError: Error, Equatable {
    /// Fewer bytes are left than the value takes.
    case endOfBytes
}
