internal import Bytes

/// The key of ``KeyedHasher``: 16 bytes.
package struct SipKey: BitwiseCopyable, Sendable {
    /// The key's bytes in order, as they lie in memory.
    var words: (UInt64, UInt64)

    /// - Precondition: `bytes` are exactly 16.
    package init(_ bytes: RawSpan) {
        precondition(bytes.byteCount == 16, "a SipHash key has 16 bytes")
        words = unsafe (
            bytes.unsafeLoadUnaligned(fromByteOffset: 0, as: UInt64.self),
            bytes.unsafeLoadUnaligned(fromByteOffset: 8, as: UInt64.self)
        )
    }

    /// The first 16 bytes of a derived key.
    package init(_ key: borrowing SymmetricKey) {
        self.init(key.bytes.extracting(0..<16))
    }
}

/// A 128-bit keyed hash: nobody without the key can make two inputs meet.
package struct KeyedHash128: BitwiseCopyable, Hashable, Sendable {
    /// The last eight bytes of the output, least significant first.
    package var high: UInt64
    /// The first eight.
    package var low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }
}

/// SipHash-2-4 with 128 bits of output (Aumasson, Bernstein: "SipHash: a fast short-input PRF").
///
/// Ours, because a participant's hash is on every entry's path, and OpenSSL looks its parameters up
/// by name for each. It has no branch and no load that depends on key or bytes.
package struct KeyedHasher: Sendable {
    private var v0: UInt64 = 0
    private var v1: UInt64 = 0
    private var v2: UInt64 = 0
    private var v3: UInt64 = 0

    package init() {}

    /// The hash of `domain` followed by the bytes.
    /// - Parameter domain: which use; keeps hashes of the same bytes for two uses apart.
    package mutating func hash(_ bytes: RawSpan, key: SipKey, domain: UInt8) -> KeyedHash128 {
        begin(key)
        // The domain is the first byte, so each word begins with the last byte of the one before.
        var carried = UInt64(domain)
        let count = bytes.byteCount
        var offset = 0
        while offset &+ 8 <= count {
            // `unsafe`: the eight bytes are within the span, by the loop's condition.
            let word = unsafe UInt64(
                littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
            absorb(carried | word << 8)
            carried = word >> 56
            offset &+= 8
        }
        var shift: UInt64 = 8
        while offset < count {
            carried |= UInt64(bytes[offset]) << shift
            offset &+= 1
            shift &+= 8
            if shift == 64 {
                absorb(carried)
                carried = 0
                shift = 0
            }
        }
        // The last word's top byte is the length, modulo 256.
        absorb(carried | UInt64(truncatingIfNeeded: count &+ 1) << 56)
        return finish()
    }

    private mutating func begin(_ key: SipKey) {
        let first = UInt64(littleEndian: key.words.0)
        let second = UInt64(littleEndian: key.words.1)
        v0 = first ^ 0x736F_6D65_7073_6575
        v1 = second ^ 0x646F_7261_6E64_6F6D ^ 0xEE
        v2 = first ^ 0x6C79_6765_6E65_7261
        v3 = second ^ 0x7465_6462_7974_6573
    }

    @inline(__always)
    private mutating func absorb(_ word: UInt64) {
        v3 ^= word
        round()
        round()
        v0 ^= word
    }

    private mutating func finish() -> KeyedHash128 {
        v2 ^= 0xEE
        for _ in 0..<4 { round() }
        let low = v0 ^ v1 ^ v2 ^ v3
        v1 ^= 0xDD
        for _ in 0..<4 { round() }
        return KeyedHash128(high: v0 ^ v1 ^ v2 ^ v3, low: low)
    }

    @inline(__always)
    private mutating func round() {
        v0 &+= v1
        v2 &+= v3
        v1 = v1 << 13 | v1 >> 51
        v3 = v3 << 16 | v3 >> 48
        v1 ^= v0
        v3 ^= v2
        v0 = v0 << 32 | v0 >> 32
        v2 &+= v1
        v0 &+= v3
        v1 = v1 << 17 | v1 >> 47
        v3 = v3 << 21 | v3 >> 43
        v1 ^= v2
        v3 ^= v0
        v2 = v2 << 32 | v2 >> 32
    }
}
