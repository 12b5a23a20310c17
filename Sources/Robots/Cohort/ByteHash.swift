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
