internal import COpenSSL

/// HMAC-SHA-256 (RFC 2104, FIPS 198-1) under one key, whose inner and outer states are kept.
///
/// For one thread at a time; whoever holds it owns it. An authentication allocates nothing.
@safe
package struct MessageAuthenticator: ~Copyable, @unchecked Sendable {
    // `@unchecked Sendable`: the context has this one owner, and OpenSSL ties it to no thread.

    /// Holds the key; owned, freed and wiped by `deinit`.
    private let context: OpaquePointer

    /// - Parameter key: copied; wiped when the authenticator goes.
    package init(key: borrowing SymmetricKey) {
        self.init(keyBytes: key.bytes)
    }

    /// For keys of any length, as those of webhooks and of test vectors.
    package init(keyBytes: RawSpan) {
        let made = unsafe keyBytes.withUnsafeBytes { key in
            unsafe portillon_hmac_new(
                key.baseAddress?.assumingMemoryBound(to: UInt8.self), key.count)
        }
        guard let context = unsafe made else {
            preconditionFailure("OpenSSL offers no HMAC-SHA-256: check its installation and memory")
        }
        unsafe self.context = unsafe context
    }

    deinit {
        unsafe EVP_MAC_CTX_free(context)
    }

    /// The code of two parts as if they were one after the other in memory.
    package mutating func code(of first: RawSpan, _ second: RawSpan = RawSpan()) -> SHA256Digest {
        // `unsafe`: the shim reads both spans within their bounds, during the call only.
        unsafe SHA256Digest(unsafeWritingTo: { output in
            unsafe first.withUnsafeBytes { first in
                unsafe second.withUnsafeBytes { second in
                    let done = unsafe portillon_hmac(
                        context,
                        first.baseAddress?.assumingMemoryBound(to: UInt8.self), first.count,
                        second.baseAddress?.assumingMemoryBound(to: UInt8.self), second.count,
                        output)
                    precondition(done == 1, "HMAC-SHA-256 over bytes in memory does not fail")
                }
            }
        })
    }

    /// Whether `code` (32 bytes, or its first 16 and more) belongs to the bytes; in a time that
    /// does not depend on where they differ.
    package mutating func verifies(_ code: RawSpan, of bytes: RawSpan) -> Bool {
        guard code.byteCount >= 16, code.byteCount <= SHA256Digest.byteCount else { return false }
        let expected = self.code(of: bytes)
        return constantTimeEquals(expected.bytes.extracting(0..<code.byteCount), code)
    }
}
