internal import Bytes

extension RawSpan {
    /// The byte at `offset`, inlined here.
    /// - Precondition: `offset` is within the span.
    @inline(__always)
    func byte(at offset: Int) -> UInt8 {
        precondition(offset >= 0 && offset < byteCount, "reads within the span")
        return unsafe unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self)
    }

    /// The byte at `offset`, for loops that keep within the span themselves.
    @unsafe
    @inline(__always)
    func uncheckedByte(at offset: Int) -> UInt8 {
        unsafe unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self)
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

    /// Whether as many bytes of another span are the same: 16 at a time, the last of them perhaps
    /// twice.
    /// - Precondition: both lie within their spans.
    @inline(__always)
    func isSame(from start: Int, count: Int, as other: RawSpan, _ place: Int) -> Bool {
        precondition(
            count >= 0 && start >= 0 && start &+ count <= byteCount && place >= 0
                && place &+ count <= other.byteCount, "reads within the spans")
        guard count >= 16 else {
            guard count >= 8 else {
                return word(at: start, count: count) == other.word(at: place, count: count)
            }
            let last = count &- 8
            return word(at: start, count: 8) == other.word(at: place, count: 8)
                && word(at: start &+ last, count: 8) == other.word(at: place &+ last, count: 8)
        }
        let last = count &- 16
        var differences =
            unsafe uncheckedPair(at: start &+ last)
            ^ other.uncheckedPair(at: place &+ last)
        var at = 0
        while at < last {
            unsafe differences |=
                uncheckedPair(at: start &+ at) ^ other.uncheckedPair(at: place &+ at)
            at &+= 16
        }
        return differences == SIMD2()
    }

    /// Sixteen bytes from `offset`.
    @unsafe
    @inline(__always)
    private func uncheckedPair(at offset: Int) -> SIMD2<UInt64> {
        unsafe unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: SIMD2<UInt64>.self)
    }

    /// Whether the bytes from `offset` begin with a text, in either case.
    /// - Parameters:
    ///   - end: where the value ends that is looked at.
    ///   - lowercased: ASCII without upper-case letters.
    @inline(__always)
    func begins(at offset: Int, before end: Int, with lowercased: StaticString) -> Bool {
        let count = lowercased.utf8CodeUnitCount
        guard offset >= 0, end &- offset >= count else { return false }
        for index in 0..<count {
            // Safe: a static text lives for ever, and `index` is below its length.
            let expected = unsafe lowercased.utf8Start[index]
            let byte = byte(at: offset &+ index)
            if (byte &- 0x41 < 26 ? byte | 0x20 : byte) != expected { return false }
        }
        return true
    }

    /// Whether a range holds exactly this text.
    @inline(__always)
    func holds(_ text: StaticString, in range: ByteRange) -> Bool {
        guard Int(range.count) == text.utf8CodeUnitCount else { return false }
        let start = Int(range.start)
        for index in 0..<text.utf8CodeUnitCount {
            // Safe: as above.
            let expected = unsafe text.utf8Start[index]
            if byte(at: start &+ index) != expected { return false }
        }
        return true
    }

    /// The first byte of this value in `start..<end`; else `end`. Eight bytes at a time: the lowest
    /// lane that the subtraction flags is exact (Mycroft's test for a zero byte).
    /// - Parameter value: not 0.
    /// - Precondition: the range is within the span.
    @inline(__always)
    func first(_ value: UInt8, from start: Int, to end: Int) -> Int {
        let lanes = UInt64(value) &* 0x0101_0101_0101_0101
        var at = start
        while at < end {
            let word = word(at: at, count: min(8, end &- at)) ^ lanes
            let flags = (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
            if flags != 0 { return min(at &+ flags.trailingZeroBitCount / 8, end) }
            at &+= 8
        }
        return end
    }
}
