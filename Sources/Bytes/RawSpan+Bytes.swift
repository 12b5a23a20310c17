internal import Glibc

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
        return unsafe withUnsafeBytes { one in
            unsafe other.withUnsafeBytes { unsafe Self.areEqual(one, $0.baseAddress) }
        }
    }

    package func equals(_ text: StaticString) -> Bool {
        guard byteCount == text.utf8CodeUnitCount else { return false }
        return unsafe withUnsafeBytes { unsafe Self.areEqual($0, text.utf8Start) }
    }

    /// - Parameter other: as many bytes; nil only where there are none.
    private static func areEqual(
        _ bytes: UnsafeRawBufferPointer, _ other: UnsafeRawPointer?
    ) -> Bool {
        guard let start = bytes.baseAddress, let other = unsafe other else { return true }
        return unsafe memcmp(start, other, bytes.count) == 0
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
