/// What one request may weigh, in bytes and in counts; every number that the parser holds to.
package struct HTTPLimits: Sendable, BitwiseCopyable {
    /// The request line without its CRLF; one byte more is a 414.
    package let requestLineBytes: Int
    /// Everything from the first byte to the end of the empty line; one byte more is a 431.
    /// Trailers have the same allowance again, beyond which they are a 400.
    package let headBytes: Int
    /// Field lines of the head; one more is a 431. Trailers as above.
    package let fieldCount: Int
    /// A field's name; a longer one is a 400.
    package let fieldNameBytes: Int
    /// The decoded body; one byte more is a 413.
    package let bodyBytes: Int
    /// Chunk extensions of one message, all chunks together, semicolons included; beyond, a 400.
    package let chunkExtensionBytes: Int

    /// What an entry may weigh.
    package static var entry: HTTPLimits { HTTPLimits() }
    /// What a call of the admin listener may weigh.
    package static var admin: HTTPLimits { HTTPLimits(bodyBytes: 1 << 20) }

    /// - Precondition: the limits fit together, and into the widths the parser keeps offsets in.
    package init(
        requestLineBytes: Int = 8192, headBytes: Int = 16384, fieldCount: Int = 64,
        fieldNameBytes: Int = 255, bodyBytes: Int = 16384, chunkExtensionBytes: Int = 256
    ) {
        precondition(requestLineBytes >= 14, "a request line takes at least `GET / HTTP/1.1`")
        precondition(headBytes >= requestLineBytes + 6, "the head holds a longest request line")
        precondition(headBytes <= 65_535, "offsets into the head are kept in 16 bits")
        precondition(fieldCount >= 1 && fieldCount <= 64, "a parser keeps at most 64 fields")
        precondition(fieldNameBytes >= 30 && fieldNameBytes <= 255, "name lengths are 8 bits")
        precondition(bodyBytes >= 0 && bodyBytes <= 1 << 28, "bodies are held in memory whole")
        precondition(chunkExtensionBytes >= 0 && chunkExtensionBytes <= 65_535, "bounded")
        self.requestLineBytes = requestLineBytes
        self.headBytes = headBytes
        self.fieldCount = fieldCount
        self.fieldNameBytes = fieldNameBytes
        self.bodyBytes = bodyBytes
        self.chunkExtensionBytes = chunkExtensionBytes
    }
}
