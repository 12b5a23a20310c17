internal import Bytes

/// Eight bytes at a time: each lane of a word is tested at once, and the lowest flag is exact.
///
/// The subtraction of a test may borrow into the lane above one that matches, never into the lane
/// below. As words are read least significant byte first, the first match is right, and the first
/// is all that is ever used (A. Mycroft's null-byte test, generalised).
enum SWAR {
    static var ones: UInt64 { 0x0101_0101_0101_0101 }
    static var tops: UInt64 { 0x8080_8080_8080_8080 }

    /// Flags lanes below `limit`, which is at most 128.
    @inline(__always)
    static func below(_ limit: UInt8, in word: UInt64) -> UInt64 {
        (word &- ones &* UInt64(limit)) & ~word & tops
    }

    /// Flags lanes that are `byte`.
    @inline(__always)
    static func equal(_ byte: UInt8, in word: UInt64) -> UInt64 {
        below(1, in: word ^ (ones &* UInt64(byte)))
    }

    /// Flags lanes that are below 0x20 or 0x7F; perhaps also one above a lane of 0xFF.
    @inline(__always)
    static func control(in word: UInt64) -> UInt64 {
        ((word &- ones &* 0x20) | (word &+ ones)) & ~word & tops
    }

    /// Flags lanes that are no letter, no digit and no hyphen; all of them exactly.
    ///
    /// Without their top bits, lanes can be added to without a carry: what reaches the top bit
    /// then has reached the lower end of a range, or passed its upper one.
    @inline(__always)
    static func notPlain(in word: UInt64) -> UInt64 {
        let low = word & ~tops
        let lower = low | ones &* 0x20
        let letter = (lower &+ ones &* (0x80 - 0x61)) & ~(lower &+ ones &* (0x7F - 0x7A))
        let digit = (low &+ ones &* (0x80 - 0x30)) & ~(low &+ ones &* (0x7F - 0x39))
        let hyphen = ~((low ^ ones &* 0x2D) &+ ones &* 0x7F)
        return (word | ~(letter | digit | hyphen)) & tops
    }

    /// The lane of the first flag.
    /// - Precondition: there is one.
    @inline(__always)
    static func first(_ flags: UInt64) -> Int {
        flags.trailingZeroBitCount >> 3
    }
}
