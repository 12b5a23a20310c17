internal import COpenSSL

/// SHA-256 (FIPS 180-4) with a context that is used again and again. OpenSSL 3.0 allocates its own
/// state anew for each digest all the same; an entry needs none, a batch two.
///
/// For one thread at a time; whoever holds it owns it.
@safe
package struct SHA256: ~Copyable, @unchecked Sendable {
    // `@unchecked Sendable`: both pointers have this one owner, and OpenSSL ties neither to a
    // thread.

    /// Owned, freed by `deinit`.
    private let context: OpaquePointer
    /// The implementation, fetched once; owned, freed by `deinit`.
    private let algorithm: OpaquePointer

    package init() {
        guard let algorithm = unsafe EVP_MD_fetch(nil, "SHA2-256", nil),
            let context = unsafe EVP_MD_CTX_new()
        else { preconditionFailure("OpenSSL offers no SHA-256: check its installation and memory") }
        unsafe self.algorithm = unsafe algorithm
        unsafe self.context = unsafe context
    }

    deinit {
        unsafe EVP_MD_CTX_free(context)
        unsafe EVP_MD_free(algorithm)
    }

    /// The digest of the bytes.
    package mutating func digest(_ bytes: RawSpan) -> SHA256Digest {
        digest(bytes, RawSpan(), RawSpan())
    }

    /// The digest of two parts as if they were one after the other in memory.
    package mutating func digest(_ first: RawSpan, _ second: RawSpan) -> SHA256Digest {
        digest(first, second, RawSpan())
    }

    /// The digest of three parts as if they were one after the other in memory.
    package mutating func digest(
        _ first: RawSpan, _ second: RawSpan, _ third: RawSpan
    ) -> SHA256Digest {
        // `unsafe`: the shim reads the three spans within their bounds, during the call only.
        unsafe SHA256Digest(unsafeWritingTo: { output in
            unsafe first.withUnsafeBytes { first in
                unsafe second.withUnsafeBytes { second in
                    unsafe third.withUnsafeBytes { third in
                        let done = unsafe portillon_sha256(
                            context, algorithm, first.baseAddress, first.count,
                            second.baseAddress, second.count, third.baseAddress, third.count,
                            output)
                        precondition(done == 1, "SHA-256 over bytes in memory does not fail")
                    }
                }
            }
        })
    }

    // MARK: Bytes that come piece by piece

    /// Begins a digest whose bytes come by ``update(_:)``; ends with ``end()``. No other digest may
    /// be asked for in between.
    package mutating func begin() {
        let done = unsafe EVP_DigestInit_ex2(context, algorithm, nil)
        precondition(done == 1, "SHA-256 begins without a reason to fail")
    }

    package mutating func update(_ bytes: RawSpan) {
        // `unsafe`: OpenSSL reads the span within its bounds, during the call only.
        let done = unsafe bytes.withUnsafeBytes {
            unsafe EVP_DigestUpdate(context, $0.baseAddress, $0.count)
        }
        precondition(done == 1, "SHA-256 over bytes in memory does not fail")
    }

    /// The digest of all that came since ``begin()``.
    package mutating func end() -> SHA256Digest {
        // `unsafe`: a digest has room for the 32 bytes that are written.
        unsafe SHA256Digest(unsafeWritingTo: { output in
            let done = unsafe EVP_DigestFinal_ex(context, output, nil)
            precondition(done == 1, "SHA-256 over bytes in memory does not fail")
        })
    }
}
