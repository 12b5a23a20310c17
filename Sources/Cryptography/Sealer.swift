package import Bytes
internal import COpenSSL

/// How a sealed message lies in memory: `nonce (12) ‖ ciphertext ‖ tag (16)`.
package enum SealedFormat {
    package static var nonceBytes: Int { 12 }
    package static var tagBytes: Int { 16 }
    /// The length of the first part, before it, inside the ciphertext.
    package static var lengthBytes: Int { 2 }
    /// What sealing adds to the two parts.
    package static var overheadBytes: Int { nonceBytes + lengthBytes + tagBytes }
    /// The longest message: OpenSSL counts in `int`, and AES-GCM's own limit is far beyond.
    package static var maximumBytes: Int { 1 << 30 }
}

/// Seals personal data: AES-256-GCM (NIST SP 800-38D).
///
/// A message has two parts, so that what a participant is and what it sent need not be copied
/// together first. The plaintext is `UInt16 (LE) length of the first ‖ first ‖ second`.
///
/// A nonce is 64 random bits, drawn for this sealer, then a 32-bit counter. Two messages under one
/// key must never share one. Within a draw the counter tells them apart, and it is drawn anew
/// before the counter repeats. Two draws (of two threads, or of before and after a restart) are
/// the same with a probability of 2⁻⁶⁴ a pair. A key lives as long as one operation: 92 000 draws
/// under it (a thousand restarts of 92 threads) keep the chance of any pair under 2⁻³², the bound
/// that SP 800-38D section 8 sets; and 2³² messages fit one draw.
///
/// For one thread at a time; whoever holds it owns it. Sealing allocates nothing if the buffer has
/// room, and with the key of the last time it is one call into OpenSSL.
@safe
package struct Sealer: ~Copyable, @unchecked Sendable {
    // `@unchecked Sendable`: the pointers have this one owner; OpenSSL ties them to no thread.

    /// Holds the key schedule of `scheduledKey`; owned, freed and wiped by `deinit`.
    private let context: OpaquePointer
    /// AES-256-GCM, fetched once; owned, freed by `deinit`.
    private let cipher: OpaquePointer
    /// ``SealingKey/number`` of the key in `context`; 0: none.
    private var scheduledKey: UInt64 = 0
    private var noncePrefix = Random.word()
    private var nonceCounter: UInt32 = 0

    package init() {
        unsafe (context, cipher) = makeGCMContext()
    }

    deinit {
        unsafe EVP_CIPHER_CTX_free(context)
        unsafe EVP_CIPHER_free(cipher)
    }

    /// Appends the sealed message to the buffer.
    ///
    /// - Parameters:
    ///   - first: at most 65 535 bytes.
    ///   - additional: not stored, but opening needs the same: what the message belongs to.
    /// - Returns: how many bytes it is: the two parts and ``SealedFormat/overheadBytes``.
    /// - Precondition: the lengths are within their limits; whoever reads from the wire holds them.
    @discardableResult
    package mutating func seal(
        _ first: RawSpan, _ second: RawSpan, key: SealingKey, additional: RawSpan,
        into buffer: inout ByteBuffer
    ) -> Int {
        precondition(first.byteCount <= Int(UInt16.max), "the first part is under 64 KiB")
        precondition(
            second.byteCount <= SealedFormat.maximumBytes
                && additional.byteCount <= SealedFormat.maximumBytes, "messages are under 1 GiB")
        let length = first.byteCount + second.byteCount + SealedFormat.overheadBytes
        unsafe buffer.append(maximum: length) { room in
            unsafe write(first, second, key: key, additional: additional, to: room)
            return length
        }
        return length
    }

    /// Forgets the key schedule it holds, where a key has been destroyed.
    package mutating func forgetKey() {
        unsafe EVP_CIPHER_CTX_reset(context)
        scheduledKey = 0
    }

    /// Writes one sealed message that fills `room` exactly.
    private mutating func write(
        _ first: RawSpan, _ second: RawSpan, key: SealingKey, additional: RawSpan,
        to room: UnsafeMutableRawBufferPointer
    ) {
        guard let start = room.baseAddress else { preconditionFailure("a message is not empty") }
        unsafe writeNonce(to: start)
        let nonce = unsafe UnsafePointer(start.assumingMemoryBound(to: UInt8.self))
        let output = unsafe (start + SealedFormat.nonceBytes).assumingMemoryBound(to: UInt8.self)
        let isScheduled = scheduledKey == key.number
        var length = UInt16(first.byteCount).littleEndian
        // `unsafe`: the shim reads the spans within their bounds, and writes the two bytes of
        // length, both parts and the tag: what `seal` has made room for behind the nonce.
        let done = unsafe withUnsafeBytes(of: &length) { length in
            unsafe key.key.withUnsafeBytes { key in
                unsafe additional.withUnsafeBytes { additional in
                    unsafe first.withUnsafeBytes { first in
                        unsafe second.withUnsafeBytes { second in
                            unsafe portillon_gcm_seal(
                                context, cipher, isScheduled ? nil : octets(key), nonce,
                                octets(additional), additional.count,
                                octets(length), length.count,
                                octets(first), first.count, octets(second), second.count, output)
                        }
                    }
                }
            }
        }
        precondition(done == 1, "AES-256-GCM over bytes in memory does not fail")
        scheduledKey = key.number
    }

    private mutating func writeNonce(to start: UnsafeMutableRawPointer) {
        unsafe start.storeBytes(of: noncePrefix, as: UInt64.self)
        unsafe start.storeBytes(of: nonceCounter, toByteOffset: 8, as: UInt32.self)
        nonceCounter &+= 1
        if nonceCounter == 0 { noncePrefix = Random.word() }
    }
}

extension Sealer {
    /// Puts the counter where a test wants it.
    mutating func setNonceCounter(_ value: UInt32) { nonceCounter = value }
}

/// A cipher context and AES-256-GCM, both for the caller to free.
func makeGCMContext() -> (context: OpaquePointer, cipher: OpaquePointer) {
    guard let cipher = unsafe EVP_CIPHER_fetch(nil, "AES-256-GCM", nil),
        let context = unsafe EVP_CIPHER_CTX_new()
    else { preconditionFailure("OpenSSL offers no AES-256-GCM: check its installation and memory") }
    return unsafe (context, cipher)
}

/// The buffer's start as C's `unsigned char *`.
func octets(_ buffer: UnsafeRawBufferPointer) -> UnsafePointer<UInt8>? {
    unsafe buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
}
