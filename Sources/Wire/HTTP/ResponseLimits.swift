/// What one answer may weigh, in bytes and in counts; every number that a ``ResponseParser`` holds
/// to. A server is not trusted more than a client.
package struct ResponseLimits: Equatable, Sendable, BitwiseCopyable {
    /// A head, from its first byte to the end of its empty line; trailers have the same again.
    package let headBytes: Int
    /// Field lines of the heads of one answer.
    package let fieldCount: Int
    /// The body without its chunks' lines.
    package let bodyBytes: Int
    /// Chunk extensions of one answer, all chunks together.
    package let chunkExtensionBytes: Int
    /// Interim answers (1xx) before the one that counts.
    package let interimAnswers: Int

    /// - Precondition: no limit is negative; a head has room for a status line.
    package init(
        headBytes: Int = 32 << 10, fieldCount: Int = 128, bodyBytes: Int = 64 << 20,
        chunkExtensionBytes: Int = 4_096, interimAnswers: Int = 8
    ) {
        precondition(headBytes >= 16 && headBytes <= 1 << 20, "a head has room for a status line")
        precondition(fieldCount >= 0 && interimAnswers >= 0, "counts are not negative")
        precondition(bodyBytes >= 0 && bodyBytes <= 1 << 40, "no sum of lengths overflows")
        precondition(chunkExtensionBytes >= 0 && chunkExtensionBytes <= 1 << 20, "bounded")
        self.headBytes = headBytes
        self.fieldCount = fieldCount
        self.bodyBytes = bodyBytes
        self.chunkExtensionBytes = chunkExtensionBytes
        self.interimAnswers = interimAnswers
    }
}
