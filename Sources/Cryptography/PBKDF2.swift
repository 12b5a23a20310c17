internal import COpenSSL

/// PBKDF2 with HMAC-SHA-256 (RFC 8018, 5.2), for keys of one block: 32 bytes.
package enum PBKDF2 {
    /// Iterations of one derivation; more is a mistake.
    package static var iterations: ClosedRange<Int> { 1...10_000_000 }

    /// The key that follows from a password and a salt, of any lengths.
    ///
    /// An iteration is two compressions of SHA-256: 0.1 to 0.3 µs where the processor has
    /// instructions for it, about 1 µs elsewhere.
    /// - Precondition: `iterations` is in ``iterations``.
    package static func key(
        password: RawSpan, salt: RawSpan, iterations: Int
    ) -> SHA256Digest {
        precondition(Self.iterations.contains(iterations), "a derivation has 1 to 10⁷ iterations")
        // `unsafe`: the shim reads both spans within their bounds, during the call only.
        return unsafe SHA256Digest(unsafeWritingTo: { output in
            unsafe password.withUnsafeBytes { password in
                unsafe salt.withUnsafeBytes { salt in
                    let done = unsafe portillon_pbkdf2(
                        password.baseAddress, password.count, salt.baseAddress, salt.count,
                        Int32(iterations), output)
                    precondition(done == 1, "PBKDF2 over bytes in memory does not fail")
                }
            }
        })
    }
}
