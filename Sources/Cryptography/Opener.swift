package import Bytes
internal import COpenSSL

/// Why a sealed message could not be opened.
package enum OpenError: Error, Equatable, Sendable {
    /// Shorter than an empty sealed message, or longer than the longest.
    case wrongLength
    /// Not sealed with this key (and, of a wrapped key, for this id), or changed since.
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
    // `@unchecked Sendable`: the context has this one owner; OpenSSL ties it to no thread.

    /// Holds the schedule of the last key; owned, freed and wiped by `deinit`.
    private let context: OpaquePointer

    package init() {
        unsafe context = makeGCMContext(forSealing: false)
    }

    deinit {
        unsafe EVP_CIPHER_CTX_free(context)
    }

    /// Appends the plaintext to the buffer and says where its parts are.
    /// - Parameter key: 32 bytes.
    /// - Throws: ``OpenError``; the buffer then holds what it held before, and no plaintext.
    package mutating func open(
        _ sealed: RawSpan, key: RawSpan, into buffer: inout ByteBuffer
    ) throws(OpenError) -> OpenedMessage {
        precondition(key.byteCount == SymmetricKey.byteCount, "a key has 32 bytes")
        guard sealed.byteCount >= SealedFormat.overheadBytes,
            sealed.byteCount <= SealedFormat.maximumBytes
        else { throw .wrongLength }
        let length = sealed.byteCount - SealedFormat.tagBytes
        let start = buffer.count
        var isAuthentic = false
        unsafe buffer.append(maximum: length) { room in
            isAuthentic = unsafe decrypt(sealed, length: length, key: key, to: room)
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
        _ sealed: RawSpan, length: Int, key: RawSpan, to room: UnsafeMutableRawBufferPointer
    ) -> Bool {
        let nonce = SealedFormat.nonce
        // `unsafe`: the shim reads `length` bytes and a tag, which is all of `sealed`, and writes
        // `length` bytes, which is all of `room`.
        let done = unsafe nonce.span.bytes.withUnsafeBytes { nonce in
            unsafe key.withUnsafeBytes { key in
                unsafe sealed.withUnsafeBytes { sealed in
                    unsafe portillon_gcm_open(
                        context, octets(key), octets(nonce), nil, 0, octets(sealed), length,
                        room.baseAddress?.assumingMemoryBound(to: UInt8.self))
                }
            }
        }
        ERR_clear_error()
        return done == 1
    }
}
