internal import Bytes
internal import COpenSSL

/// 32 secret bytes in memory of their own, wiped when the key goes.
///
/// Copying has to be asked for, so that a secret does not spread by assignment. Descriptions and
/// reflection show nothing of it.
@safe
package struct SymmetricKey: ~Copyable, @unchecked Sendable {
    // `@unchecked Sendable`: the memory has this one owner and is not written after `init`.

    /// Bytes in a key.
    package static var byteCount: Int { 32 }

    /// Owned; wiped and freed by `deinit`.
    private let base: UnsafeMutableRawPointer

    /// A copy of the bytes.
    /// - Precondition: `bytes` are exactly 32.
    package init(_ bytes: RawSpan) {
        precondition(bytes.byteCount == Self.byteCount, "a key has 32 bytes")
        unsafe base = .allocate(byteCount: Self.byteCount, alignment: 16)
        unsafe bytes.withUnsafeBytes { source in
            guard let start = source.baseAddress else { return }
            unsafe base.copyMemory(from: start, byteCount: Self.byteCount)
        }
    }

    /// 32 bytes from the system's cryptographic random generator.
    package static func random() -> SymmetricKey {
        let key = SymmetricKey(SHA256Digest().bytes)
        unsafe Random.fill(UnsafeMutableRawBufferPointer(start: key.base, count: byteCount))
        return key
    }

    deinit {
        unsafe OPENSSL_cleanse(base, Self.byteCount)
        unsafe base.deallocate()
    }

    /// The secret, for as long as the key is borrowed.
    package var bytes: RawSpan {
        @_lifetime(borrow self)
        get {
            let span = unsafe RawSpan(_unsafeStart: base, byteCount: Self.byteCount)
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    /// Lends the secret out where a property's lifetime cannot be followed, as in a class.
    package borrowing func withBytes<Result>(_ body: (RawSpan) -> Result) -> Result {
        body(bytes)
    }

    /// Lends the secret to C functions.
    borrowing func withUnsafeBytes<Result>(
        _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result {
        unsafe body(UnsafeRawBufferPointer(start: base, count: Self.byteCount))
    }

    /// Another key with the same bytes.
    package borrowing func copy() -> SymmetricKey { SymmetricKey(bytes) }

    /// The key for one use: HMAC-SHA-256 of the label under this one.
    ///
    /// Keys of different labels tell nothing of each other or of this one, because HMAC is a
    /// pseudo-random function; it is the expand step of HKDF (RFC 5869) for one block.
    /// - Parameter label: which use; `portillon/tickets/1`, say. Never reuse one for another use.
    package borrowing func derived(label: StaticString) -> SymmetricKey {
        var info = ByteBuffer(capacity: 64)
        info.append(label)
        return derived(label: info.bytes)
    }

    /// As ``derived(label:)``, for labels put together at run time.
    package borrowing func derived(label: RawSpan) -> SymmetricKey {
        var authenticator = MessageAuthenticator(key: self)
        let block = InlineArray<1, UInt8>(repeating: 1)
        return SymmetricKey(unsafe authenticator.code(of: label, block.span.bytes).bytes)
    }
}
