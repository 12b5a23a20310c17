internal import Bytes

/// The 32 bytes that SHA-256 or HMAC-SHA-256 gives.
///
/// Comparing two with `==` takes a time that depends on their contents: for secrets there is
/// ``equalsInConstantTime(_:)``.
package struct SHA256Digest: BitwiseCopyable, Sendable {
    /// Bytes in a digest.
    package static var byteCount: Int { 32 }

    /// The bytes in order, eight to a word, so that comparing is four steps.
    var words: InlineArray<4, UInt64>

    /// 32 zero bytes.
    package init() {
        words = InlineArray(repeating: 0)
    }

    /// - Precondition: `bytes` are exactly 32.
    package init(_ bytes: RawSpan) {
        precondition(bytes.byteCount == Self.byteCount, "a SHA-256 digest has 32 bytes")
        // `unsafe`: unaligned loads at 0, 8, 16 and 24 of the 32 bytes checked above.
        words = InlineArray { word in
            unsafe bytes.unsafeLoadUnaligned(fromByteOffset: word * 8, as: UInt64.self)
        }
    }

    /// The 32 bytes in order.
    package var bytes: RawSpan {
        @_lifetime(borrow self)
        get {
            // `unsafe`: every bit pattern of a UInt64 is initialised bytes.
            unsafe words.span.bytes
        }
    }

    /// Whether the digests are the same, in a time that depends on neither (CWE-208).
    package func equalsInConstantTime(_ other: SHA256Digest) -> Bool {
        var difference: UInt64 = 0
        for word in words.indices { difference |= words[word] ^ other.words[word] }
        return difference == 0
    }

    /// The first eight bytes, for tables that look digests up.
    package var leadingWord: UInt64 { words[0] }

    /// 64 lower-case hexadecimal digits.
    package var hexadecimal: String {
        var buffer = ByteBuffer(capacity: 64)
        buffer.append(hexadecimal: bytes)
        return buffer.text
    }

    /// Lets a C function write the digest.
    init(unsafeWritingTo write: (UnsafeMutablePointer<UInt8>) -> Void) {
        self.init()
        // `unsafe`: `write` is one of this module's shims, which write 32 bytes and keep nothing.
        unsafe withUnsafeMutableBytes(of: &words) { storage in
            unsafe storage.withMemoryRebound(to: UInt8.self) { bytes in
                guard let start = bytes.baseAddress else { return }
                unsafe write(start)
            }
        }
    }
}

extension SHA256Digest: Hashable {
    package static func == (left: SHA256Digest, right: SHA256Digest) -> Bool {
        left.words[0] == right.words[0] && left.words[1] == right.words[1]
            && left.words[2] == right.words[2] && left.words[3] == right.words[3]
    }

    package func hash(into hasher: inout Hasher) {
        for word in words.indices { hasher.combine(words[word]) }
    }
}

extension SHA256Digest: CustomStringConvertible {
    package var description: String { hexadecimal }
}
