/// A hash without a key, folded to 32 bits: tells templates, words, domains, forms and heads apart.
/// Whoever makes two inputs meet only makes his own entries look more alike.
package struct ByteHash: BitwiseCopyable, Sendable {
    /// The basis and the prime of FNV-1a (Fowler, Noll, Vo).
    private var state: UInt64 = 0xCBF2_9CE4_8422_2325

    package init() {}

    /// Adds a byte, as FNV-1a does.
    @inline(__always)
    package mutating func add(_ byte: UInt8) {
        state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
    }

    @inline(__always)
    mutating func add(_ word: UInt32) {
        add(wide: UInt64(word))
    }

    /// Adds many bytes, eight at a time, and their number.
    package mutating func add(_ bytes: RawSpan) {
        add(bytes, from: 0, count: bytes.byteCount)
    }

    /// Adds bytes that lie within others, and their number.
    /// - Precondition: `start..<start + count` is within the span.
    @inline(__always)
    mutating func add(_ bytes: RawSpan, from start: Int, count: Int) {
        let end = start &+ count
        var offset = start
        while offset &+ 8 <= end {
            add(wide: bytes.word(at: offset, count: 8))
            offset &+= 8
        }
        // Fewer than eight, the first of them most significant, below their number.
        let bits = UInt64(truncatingIfNeeded: end &- offset) &* 8
        let rest = bytes.word(at: offset, count: end &- offset).byteSwapped &>> (64 &- bits)
        add(wide: UInt64(truncatingIfNeeded: count) &<< bits | rest)
    }

    /// The same of ASCII letters in lower case.
    /// - Precondition: as above.
    @inline(__always)
    mutating func add(lowercased bytes: RawSpan, from start: Int, count: Int) {
        let end = start &+ count
        var offset = start
        while offset &+ 8 <= end {
            add(wide: Self.lowercased(bytes.word(at: offset, count: 8)))
            offset &+= 8
        }
        let bits = UInt64(truncatingIfNeeded: end &- offset) &* 8
        let last = Self.lowercased(bytes.word(at: offset, count: end &- offset))
        let rest = last.byteSwapped &>> (64 &- bits)
        add(wide: UInt64(truncatingIfNeeded: count) &<< bits | rest)
    }

    /// Eight bytes at once: in each lane the highest bit of the two sums tells whether the byte is
    /// at least `A`, and beyond `Z`.
    @inline(__always)
    private static func lowercased(_ word: UInt64) -> UInt64 {
        let low = word & 0x7F7F_7F7F_7F7F_7F7F
        let atLeastA = low &+ 0x3F3F_3F3F_3F3F_3F3F
        let beyondZ = low &+ 0x2525_2525_2525_2525
        let isUpper = (atLeastA ^ beyondZ) & ~word & 0x8080_8080_8080_8080
        return word | isUpper >> 2
    }

    @inline(__always)
    mutating func add(wide word: UInt64) {
        let mixed = state ^ word
        state = (mixed << 29 | mixed >> 35) &* 0x9E37_79B9_7F4A_7C15
    }

    /// The hash; never 0, which stands for "absent".
    package var folded: UInt32 {
        let mixed = (state ^ (state >> 29)) &* 0xBF58_476D_1CE4_E5B9
        return max(UInt32(truncatingIfNeeded: mixed >> 32), 1)
    }
}
