/// Why bytes are not an answer in HTTP/1.1, or not one that is taken.
package enum ResponseRejection: UInt8, Error, Sendable, BitwiseCopyable, CaseIterable {
    case invalidStatusLine, unsupportedVersion, invalidLine, invalidField
    case headTooLarge, tooManyInterimAnswers, unexpectedUpgrade
    case ambiguousLength, invalidContentLength, unknownTransferCoding
    case bodyTooLarge, invalidChunk, chunkExtensionsTooLong
    /// The connection ended before the answer did.
    case truncated

    /// What was found, as the predicate of a sentence about the server: "the server …".
    package var detail: StaticString {
        switch self {
        case .invalidStatusLine: "does not speak HTTP: its first line is no status line"
        case .unsupportedVersion: "answers in HTTP/1.0; HTTP/1.1 is needed"
        case .invalidLine: "sent a control byte, or a line without CRLF, in its answer's head"
        case .invalidField: "sent a malformed header field"
        case .headTooLarge: "sent a head or trailers beyond the limit"
        case .tooManyInterimAnswers: "sent interim answers (1xx) beyond the limit"
        case .unexpectedUpgrade: "switched protocols, which was not asked for"
        case .ambiguousLength: "gave its answer's length twice"
        case .invalidContentLength: "sent a Content-Length that is no number"
        case .unknownTransferCoding: "used a transfer coding other than chunked"
        case .bodyTooLarge: "sent a body beyond the limit"
        case .invalidChunk: "sent a malformed chunk"
        case .chunkExtensionsTooLong: "sent chunk extensions beyond the limit"
        case .truncated: "closed the connection before its answer was complete"
        }
    }
}
