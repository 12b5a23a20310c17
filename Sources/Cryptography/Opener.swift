package import Bytes
internal import COpenSSL

/// Why a sealed message could not be opened.
package enum OpenError: Error, Equatable, Sendable {
    /// Shorter than an empty sealed message, or longer than the longest.
    case wrongLength
    /// Not sealed with this key and this additional data, or changed since.
    case notAuthentic
    /// Authentic, but the first part's length is more than there is: not ``Sealer``'s work.
    case malformed
}

/// The two parts of an opened message, as ranges of the buffer it was opened into.
package struct OpenedMessage: Equatable, Sendable {
    package var first: Range<Int>
    package var second: Range<Int>
}

/// Opens what ``Sealer`` sealed.
///
/// For one thread at a time; whoever holds it owns it.
@safe
package struct Opener: ~Copyable, @unchecked Sendable {
    // `@unchecked Sendable`: the pointers have this one owner; OpenSSL ties them to no thread.

    /// Holds the key schedule of `scheduledKey`; owned, freed and wiped by `deinit`.
    private let context: OpaquePointer
    /// AES-256-GCM, fetched once; owned, freed by `deinit`.
    private let cipher: OpaquePointer
    /// ``SealingKey/number`` of the key in `context`; 0: none.
    private var scheduledKey: UInt64 = 0

    package init() {
        unsafe (context, cipher) = makeGCMContext()
    }

    deinit {
        unsafe EVP_CIPHER_CTX_free(context)
        unsafe EVP_CIPHER_free(cipher)
    }

    /// Appends the plaintext to the buffer and says where its parts are.
    /// - Parameter additional: what was given when it was sealed.
    /// - Throws: ``OpenError``; the buffer then holds what it held before, and no plaintext.
    package mutating func open(
        _ sealed: RawSpan, key: SealingKey, additional: RawSpan, into buffer: inout ByteBuffer
    ) throws(OpenError) -> OpenedMessage {
        guard sealed.byteCount >= SealedFormat.overheadBytes,
            sealed.byteCount <= SealedFormat.maximumBytes,
            additional.byteCount <= SealedFormat.maximumBytes
        else { throw .wrongLength }
        let length = sealed.byteCount - SealedFormat.nonceBytes - SealedFormat.tagBytes
        let start = buffer.count
        var isAuthentic = false
        unsafe buffer.append(maximum: length) { room in
            isAuthentic = unsafe decrypt(
                sealed, length: length, key: key, additional: additional, to: room)
            if isAuthentic { return length }
            unsafe OPENSSL_cleanse(room.baseAddress, room.count)
            return 0
        }
        guard isAuthentic else { throw .notAuthentic }
        let firstStart = start + SealedFormat.lengthBytes
        let firstLength = Int(buffer.bytes[start]) | Int(buffer.bytes[start + 1]) << 8
        guard firstStart + firstLength <= buffer.count else {
            buffer.truncate(to: start)
            throw .malformed
        }
        let secondStart = firstStart + firstLength
        return OpenedMessage(
            first: firstStart..<secondStart, second: secondStart..<buffer.count)
    }

    private mutating func decrypt(
        _ sealed: RawSpan, length: Int, key: SealingKey, additional: RawSpan,
        to room: UnsafeMutableRawBufferPointer
    ) -> Bool {
        let isScheduled = scheduledKey == key.number
        // `unsafe`: the shim reads the nonce, `length` bytes and a tag, which is all of `sealed`,
        // and writes `length` bytes, which is all of `room`.
        let done = unsafe key.key.withUnsafeBytes { key in
            unsafe additional.withUnsafeBytes { additional in
                unsafe sealed.withUnsafeBytes { sealed in
                    let input = unsafe UnsafeRawBufferPointer(
                        rebasing: sealed[SealedFormat.nonceBytes...])
                    return unsafe portillon_gcm_open(
                        context, cipher, isScheduled ? nil : octets(key), octets(sealed),
                        octets(additional), additional.count, octets(input), length,
                        room.baseAddress?.assumingMemoryBound(to: UInt8.self))
                }
            }
        }
        // A wrong tag leaves the schedule in the context as good as before.
        scheduledKey = key.number
        ERR_clear_error()
        return done == 1
    }
}
