internal import Bytes

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
        let count = bytes.byteCount
        var offset = 0
        while offset &+ 8 <= count {
            // `unsafe`: the eight bytes are within the span, by the loop's condition.
            add(
                wide: unsafe UInt64(
                    littleEndian: bytes.unsafeLoadUnaligned(
                        fromByteOffset: offset, as: UInt64.self)))
            offset &+= 8
        }
        var rest = UInt64(truncatingIfNeeded: count)
        while offset < count {
            rest = rest << 8 | UInt64(bytes[offset])
            offset &+= 1
        }
        add(wide: rest)
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
