extension RawSpan {
    /// The byte at `offset`.
    /// - Precondition: `offset` is within the span.
    @inlinable package subscript(offset: Int) -> UInt8 {
        precondition(offset >= 0 && offset < byteCount, "reads within the span")
        return unsafe unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self)
    }

    /// Whether the bytes equal the given ones.
    package func equals(_ other: RawSpan) -> Bool {
        guard byteCount == other.byteCount else { return false }
        for offset in 0..<byteCount where self[offset] != other[offset] { return false }
        return true
    }

    package func equals(_ text: StaticString) -> Bool {
        guard byteCount == text.utf8CodeUnitCount else { return false }
        for offset in 0..<byteCount where unsafe self[offset] != text.utf8Start[offset] {
            return false
        }
        return true
    }

    /// Whether the bytes equal the given letters, in either case.
    /// - Parameter lowercased: ASCII without upper-case letters.
    package func equals(ignoringCase lowercased: StaticString) -> Bool {
        guard byteCount == lowercased.utf8CodeUnitCount else { return false }
        for offset in 0..<byteCount
        where unsafe ASCII.lowercased(self[offset]) != lowercased.utf8Start[offset] {
            return false
        }
        return true
    }

    /// A copy as an array; not for the entry path.
    package var array: [UInt8] {
        unsafe withUnsafeBytes { unsafe [UInt8]($0) }
    }

    /// A copy as text, with U+FFFD for invalid UTF-8; not for the entry path.
    package var text: String {
        unsafe withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
    }
}
