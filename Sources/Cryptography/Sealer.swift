package import Bytes
internal import COpenSSL

/// How a sealed message lies in memory: `ciphertext ‖ tag (16)`.
@usableFromInline
package enum SealedFormat {
    @inlinable package static var tagBytes: Int { 16 }
    /// The length of the first part, before it, inside the ciphertext.
    @inlinable package static var lengthBytes: Int { 2 }
    /// What sealing adds to the two parts.
    @inlinable package static var overheadBytes: Int { lengthBytes + tagBytes }
    /// The longest message: OpenSSL counts in `int`, and AES-GCM's own limit is far beyond.
    package static var maximumBytes: Int { 1 << 30 }

    /// The nonce of all messages: 12 zero bytes. A nonce has to be another one for each message
    /// under a key (NIST SP 800-38D section 8), and here a key seals one message.
    static var nonce: InlineArray<12, UInt8> { InlineArray(repeating: 0) }
}

/// Seals personal data: AES-256-GCM (NIST SP 800-38D), each message under a key of its own, a leaf
/// of a ``KeyTree``.
///
/// A message has two parts, so that what a participant is and what it sent need not be copied
/// together first. The plaintext is `UInt16 (LE) length of the first ‖ first ‖ second`.
///
/// Two messages must never be sealed with one key: whoever sees both then reads them, and can
/// forge others. `KeyVault.reserveLeaves(_:from:)` sees to it.
///
/// For one thread at a time; whoever holds it owns it. Sealing allocates nothing if the buffer has
/// room; it is one call, of which the new key takes 0.15 µs.
@safe
package struct Sealer: ~Copyable, @unchecked Sendable {
    // `@unchecked Sendable`: the context has this one owner; OpenSSL ties it to no thread.

    /// Holds the schedule of the last key; owned, freed and wiped by `deinit`.
    private let context: OpaquePointer

    package init() {
        unsafe context = makeGCMContext(forSealing: true)
    }

    deinit {
        unsafe EVP_CIPHER_CTX_free(context)
    }

    /// Appends the sealed message to the buffer.
    ///
    /// - Parameters:
    ///   - first: at most 65 535 bytes.
    ///   - key: 32 bytes that have sealed nothing else, and never will.
    /// - Returns: how many bytes it is: the two parts and ``SealedFormat/overheadBytes``.
    /// - Precondition: the lengths are within their limits; whoever reads from the wire holds them.
    @discardableResult
    package mutating func seal(
        _ first: RawSpan, _ second: RawSpan, key: RawSpan, into buffer: inout ByteBuffer
    ) -> Int {
        precondition(first.byteCount <= Int(UInt16.max), "the first part is under 64 KiB")
        precondition(second.byteCount <= SealedFormat.maximumBytes, "messages are under 1 GiB")
        precondition(key.byteCount == SymmetricKey.byteCount, "a key has 32 bytes")
        let length = first.byteCount + second.byteCount + SealedFormat.overheadBytes
        unsafe buffer.append(maximum: length) { room in
            unsafe write(first, second, key: key, to: room)
            return length
        }
        return length
    }

    /// Writes one sealed message that fills `room` exactly.
    private mutating func write(
        _ first: RawSpan, _ second: RawSpan, key: RawSpan, to room: UnsafeMutableRawBufferPointer
    ) {
        let output = unsafe room.baseAddress?.assumingMemoryBound(to: UInt8.self)
        let nonce = SealedFormat.nonce
        var length = UInt16(first.byteCount).littleEndian
        // `unsafe`: the shim reads the spans within their bounds, and writes the two bytes of
        // length, both parts and the tag: what `seal` has made room for.
        let done = unsafe withUnsafeBytes(of: &length) { length in
            unsafe nonce.span.bytes.withUnsafeBytes { nonce in
                unsafe key.withUnsafeBytes { key in
                    unsafe first.withUnsafeBytes { first in
                        unsafe second.withUnsafeBytes { second in
                            unsafe portillon_gcm_seal(
                                context, octets(key), octets(nonce), nil, 0,
                                octets(length), length.count,
                                octets(first), first.count, octets(second), second.count, output)
                        }
                    }
                }
            }
        }
        precondition(done == 1, "AES-256-GCM over bytes in memory does not fail")
    }
}

/// A context that holds AES-256-GCM for one direction, for keys to be put into it; the caller's to
/// free.
func makeGCMContext(forSealing isSealing: Bool) -> OpaquePointer {
    guard let cipher = unsafe EVP_CIPHER_fetch(nil, "AES-256-GCM", nil),
        let context = unsafe EVP_CIPHER_CTX_new(),
        unsafe EVP_CipherInit_ex2(context, cipher, nil, nil, isSealing ? 1 : 0, nil) == 1
    else { preconditionFailure("OpenSSL offers no AES-256-GCM: check its installation and memory") }
    // The context keeps what it needs of the cipher.
    unsafe EVP_CIPHER_free(cipher)
    return unsafe context
}

/// The buffer's start as C's `unsigned char *`.
func octets(_ buffer: UnsafeRawBufferPointer) -> UnsafePointer<UInt8>? {
    unsafe buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
}
