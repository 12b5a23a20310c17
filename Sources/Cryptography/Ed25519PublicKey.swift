internal import COpenSSL

/// The public half of an Ed25519 key (RFC 8032): 32 bytes, from which OpenSSL makes its own form
/// for each verification, so that threads share nothing.
package struct Ed25519PublicKey: Equatable, Sendable {
    /// Bytes of a key, and of a signature.
    package static var byteCount: Int { 32 }
    package static var signatureBytes: Int { 64 }

    /// 32 bytes, whatever they mean.
    private let point: SHA256Digest

    /// - Precondition: `bytes` are exactly 32. Whether they are a point of the curve shows when
    ///   something is verified: by bytes that are none, nothing is.
    package init(_ bytes: RawSpan) {
        precondition(bytes.byteCount == Self.byteCount, "an Ed25519 key has 32 bytes")
        point = SHA256Digest(bytes)
    }

    package var bytes: RawSpan {
        @_lifetime(borrow self)
        get { point.bytes }
    }

    /// Whether the key's owner made this signature of the message: about 0.1 ms, and a few
    /// allocations by OpenSSL.
    /// - Returns: false for a signature of another length, too.
    package func verifies(_ signature: RawSpan, of message: RawSpan) -> Bool {
        guard signature.byteCount == Self.signatureBytes else { return false }
        // `unsafe`: the shim reads 32 and 64 bytes, checked above, and the message within its
        // bounds, during the call only.
        return unsafe bytes.withUnsafeBytes { key in
            unsafe signature.withUnsafeBytes { signature in
                unsafe message.withUnsafeBytes { message in
                    guard let key = key.baseAddress,
                        let signature = signature.baseAddress
                    else { return false }
                    return unsafe portillon_ed25519_verify(
                        key.assumingMemoryBound(to: UInt8.self),
                        signature.assumingMemoryBound(to: UInt8.self),
                        message.baseAddress?.assumingMemoryBound(to: UInt8.self), message.count)
                        == 1
                }
            }
        }
    }
}
