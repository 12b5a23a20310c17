package import Bytes
internal import COpenSSL

/// Wraps secrets for storage under a key that wraps many: AES-256-GCM (NIST SP 800-38D) under a
/// nonce of 96 random bits. What is stored is `nonce (12) ‖ ciphertext ‖ tag (16)`.
///
/// Two messages under one key must never share a nonce: 2³² of them keep the chance of that under
/// 2⁻³² (section 8.3 there), and a key vault writes a few files a day.
@safe
package struct KeyWrapper: ~Copyable, @unchecked Sendable {
    // `@unchecked Sendable`: the contexts have this one owner; OpenSSL ties them to no thread.

    private let key: SymmetricKey
    /// Both owned, freed and wiped by `deinit`.
    private let sealing: OpaquePointer
    private let opening: OpaquePointer

    package static var nonceBytes: Int { 12 }
    /// What wrapping adds to the secret.
    package static var overheadBytes: Int { nonceBytes + SealedFormat.tagBytes }

    package init(_ key: consuming SymmetricKey) {
        self.key = key
        unsafe sealing = makeGCMContext(forSealing: true)
        unsafe opening = makeGCMContext(forSealing: false)
    }

    deinit {
        unsafe EVP_CIPHER_CTX_free(sealing)
        unsafe EVP_CIPHER_CTX_free(opening)
    }

    /// Appends the wrapped secret.
    /// - Parameter additional: not stored, but unwrapping needs the same: whose secret it is.
    /// - Precondition: both are within ``SealedFormat/maximumBytes``.
    package mutating func wrap(
        _ secret: RawSpan, additional: RawSpan, into buffer: inout ByteBuffer
    ) {
        precondition(
            secret.byteCount <= SealedFormat.maximumBytes
                && additional.byteCount <= SealedFormat.maximumBytes, "secrets are under 1 GiB")
        let length = secret.byteCount + Self.overheadBytes
        unsafe buffer.append(maximum: length) { room in
            guard let start = room.baseAddress else { return 0 }
            unsafe Random.fill(UnsafeMutableRawBufferPointer(rebasing: room[..<Self.nonceBytes]))
            let nonce = unsafe UnsafePointer(start.assumingMemoryBound(to: UInt8.self))
            let output = unsafe (start + Self.nonceBytes).assumingMemoryBound(to: UInt8.self)
            // `unsafe`: the spans are read within their bounds; secret and tag fill the room.
            let done = unsafe key.withUnsafeBytes { key in
                unsafe additional.withUnsafeBytes { additional in
                    unsafe secret.withUnsafeBytes { secret in
                        unsafe portillon_gcm_seal(
                            sealing, octets(key), nonce, octets(additional), additional.count,
                            octets(secret), secret.count, nil, 0, nil, 0, output)
                    }
                }
            }
            precondition(done == 1, "AES-256-GCM over bytes in memory does not fail")
            return length
        }
    }

    /// The secret.
    /// - Throws: ``OpenError`` where it was wrapped by another key, for another one, or changed.
    package mutating func unwrap(
        _ wrapped: RawSpan, additional: RawSpan
    ) throws(OpenError) -> SecretBytes {
        guard wrapped.byteCount >= Self.overheadBytes,
            wrapped.byteCount <= SealedFormat.maximumBytes
        else { throw .wrongLength }
        let length = wrapped.byteCount - Self.overheadBytes
        var secret = SecretBytes(capacity: length)
        var done: Int32 = 0
        unsafe secret.append(length) { room in
            // `unsafe`: nonce, `length` bytes and tag are all of `wrapped`; `room` has `length`.
            unsafe key.withUnsafeBytes { key in
                unsafe additional.withUnsafeBytes { additional in
                    unsafe wrapped.withUnsafeBytes { wrapped in
                        let input = unsafe UnsafeRawBufferPointer(
                            rebasing: wrapped[Self.nonceBytes...])
                        done = unsafe portillon_gcm_open(
                            opening, octets(key), octets(wrapped), octets(additional),
                            additional.count, octets(input), length,
                            room.baseAddress?.assumingMemoryBound(to: UInt8.self))
                    }
                }
            }
        }
        ERR_clear_error()
        guard done == 1 else { throw .notAuthentic }
        return secret
    }
}
