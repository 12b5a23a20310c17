internal import Bytes

extension RawSpan {
    /// The byte at `offset`, inlined here.
    /// - Precondition: `offset` is within the span.
    @inline(__always)
    func byte(at offset: Int) -> UInt8 {
        precondition(offset >= 0 && offset < byteCount, "reads within the span")
        return unsafe unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self)
    }

    /// Up to eight bytes from `offset`, the first of them least significant, zeros behind.
    /// - Precondition: `offset..<offset + count` is within the span.
    @inline(__always)
    func word(at offset: Int, count: Int) -> UInt64 {
        precondition(offset >= 0 && count >= 0, "reads within the span")
        if offset &+ 8 <= byteCount {
            // Every bit pattern is an integer.
            let word = unsafe UInt64(
                littleEndian: unsafeLoadUnaligned(
                    fromUncheckedByteOffset: offset, as: UInt64.self))
            return count >= 8 ? word : word & ((1 << UInt64(count &* 8)) &- 1)
        }
        var word: UInt64 = 0
        for index in 0..<min(count, 8) {
            word |= UInt64(byte(at: offset &+ index)) << UInt64(index &* 8)
        }
        return word
    }

    /// Whether the bytes from `offset` begin with a text, in either case.
    /// - Parameters:
    ///   - end: where the value ends that is looked at.
    ///   - lowercased: ASCII without upper-case letters.
    func begins(at offset: Int, before end: Int, with lowercased: StaticString) -> Bool {
        let count = lowercased.utf8CodeUnitCount
        guard offset >= 0, end &- offset >= count else { return false }
        for index in 0..<count {
            // Safe: a static text lives for ever, and `index` is below its length.
            let expected = unsafe lowercased.utf8Start[index]
            if ASCII.lowercased(byte(at: offset &+ index)) != expected { return false }
        }
        return true
    }

    /// Whether a range holds exactly this text.
    @inline(__always)
    func holds(_ text: StaticString, in range: ByteRange) -> Bool {
        extracting(range.range).equals(text)
    }
}
