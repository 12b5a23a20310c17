internal import COpenSSL

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
/// For one thread at a time; whoever holds it owns it. A hash allocates nothing.
@safe
package struct KeyedHasher: ~Copyable, @unchecked Sendable {
    // `@unchecked Sendable`: the context has this one owner, and OpenSSL ties it to no thread.

    /// Owned, freed by `deinit`.
    private let context: OpaquePointer

    package init() {
        guard let context = unsafe portillon_siphash_new() else {
            preconditionFailure("OpenSSL offers no SipHash: check its installation and memory")
        }
        unsafe self.context = unsafe context
    }

    deinit {
        unsafe EVP_MAC_CTX_free(context)
    }

    /// The hash of `domain` followed by the bytes.
    /// - Parameter domain: which use; keeps hashes of the same bytes for two uses apart.
    package mutating func hash(_ bytes: RawSpan, key: SipKey, domain: UInt8) -> KeyedHash128 {
        var output: (UInt64, UInt64) = (0, 0)
        // `unsafe`: the shim reads 16 bytes of key and the span, writes 16, and keeps nothing.
        unsafe withUnsafeMutableBytes(of: &output) { output in
            unsafe withUnsafeBytes(of: key.words) { key in
                unsafe bytes.withUnsafeBytes { bytes in
                    let done = unsafe portillon_siphash(
                        context, key.baseAddress?.assumingMemoryBound(to: UInt8.self), domain,
                        bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count,
                        output.baseAddress?.assumingMemoryBound(to: UInt8.self))
                    precondition(done == 1, "SipHash over bytes in memory does not fail")
                }
            }
        }
        return KeyedHash128(
            high: UInt64(littleEndian: output.1), low: UInt64(littleEndian: output.0))
    }
}
