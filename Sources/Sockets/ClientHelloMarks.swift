package import Bytes
internal import COpenSSL

/// What stands for the program at the other end of a TLS connection, by its ClientHello; zeros
/// where nothing is known.
package struct ClientHelloMarks: Equatable, Sendable, BitwiseCopyable {
    /// Of JA4's text: the first eight bytes of its SHA-256, the least significant first.
    package private(set) var ja4: UInt64 = 0
    /// The same, 32 bits, of what one program sends in each of its handshakes: whether it resumes a
    /// session, or pads the message, makes no difference.
    package private(set) var program: UInt32 = 0

    package init() {}

    /// - Parameter message: as ``ClientHelloMessage/init(_:)`` takes it.
    init(_ message: RawSpan) {
        guard let hello = ClientHelloMessage(message) else { return }
        let text = Self.text(of: hello)
        ja4 = Self.word(of: Self.digest(text.bytes))
        let lasting = Self.text(of: hello, lasting: true)
        // Without the counts: they tell how many extensions there were.
        let word = Self.word(of: Self.digest(lasting.bytes.extracting(10..<lasting.count)))
        program = max(UInt32(truncatingIfNeeded: word >> 32), 1)
    }

    /// JA4: `t13d1516h2_8daaf6152771_d8a2da3f94cd`, 36 characters.
    package static func text(
        of hello: ClientHelloMessage, lasting: Bool = false
    ) -> ByteBuffer {
        var text = ByteBuffer(capacity: 36)
        hello.appendSummary(to: &text)
        var part = ByteBuffer(capacity: 1_024)
        let hasCiphers = hello.appendCiphers(to: &part)
        append(digestOf: part, isThere: hasCiphers, to: &text)
        part.removeAll()
        let hasExtensions = hello.appendExtensions(to: &part, lasting: lasting)
        append(digestOf: part, isThere: hasExtensions, to: &text)
        return text
    }

    /// Appends the first six bytes of a digest, in hexadecimal; zeros where there is nothing.
    private static func append(
        digestOf part: borrowing ByteBuffer, isThere: Bool, to text: inout ByteBuffer
    ) {
        text.append(UInt8(ascii: "_"))
        guard isThere else {
            text.append("000000000000" as StaticString)
            return
        }
        let digest = digest(part.bytes)
        for index in 0..<6 {
            for value in 0..<2 {
                let half = value == 0 ? digest[index] >> 4 : digest[index] & 0xF
                text.append(half < 10 ? UInt8(ascii: "0") + half : UInt8(ascii: "a") - 10 + half)
            }
        }
    }

    private static func word(of digest: InlineArray<32, UInt8>) -> UInt64 {
        var word: UInt64 = 0
        for index in (0..<8).reversed() { word = word << 8 | UInt64(digest[index]) }
        return word
    }

    /// SHA-256.
    private static func digest(_ bytes: RawSpan) -> InlineArray<32, UInt8> {
        var digest = InlineArray<32, UInt8>(repeating: 0)
        // `unsafe`: OpenSSL reads the span within its bounds, and writes 32 bytes, within the call.
        let done = unsafe bytes.withUnsafeBytes { source in
            unsafe withUnsafeMutableBytes(of: &digest) { output in
                unsafe EVP_Digest(
                    source.baseAddress, source.count,
                    output.baseAddress?.assumingMemoryBound(to: UInt8.self), nil, EVP_sha256(), nil)
            }
        }
        precondition(done == 1, "SHA-256 over bytes in memory does not fail")
        return digest
    }
}
