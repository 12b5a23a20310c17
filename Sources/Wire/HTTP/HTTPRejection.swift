/// Why bytes are not a request that the gateway takes. After every one the connection closes:
/// where the next request would begin is not certain any more.
///
/// `code` is stable and counted in the metrics; `detail` is for people and may change.
package enum HTTPRejection: UInt8, Error, CaseIterable, Sendable, BitwiseCopyable {
    // Lines
    case bareCarriageReturn, bareLineFeed, controlByte
    // Request line
    case invalidRequestLine, invalidMethod, invalidTarget, versionNotSupported, requestLineTooLong
    // Fields
    case headTooLarge, tooManyFields
    case invalidFieldName, fieldNameTooLong, spaceBeforeColon, foldedLine, repeatedField
    // Host
    case missingHost, repeatedHost, invalidHost, hostMismatch
    // Framing
    case invalidContentLength, repeatedContentLength, ambiguousLength
    case invalidTransferEncoding, repeatedTransferEncoding, unexpectedTransferEncoding
    case unknownTransferCoding
    case invalidChunkSize, invalidChunkExtension, chunkExtensionsTooLong, missingChunkEnd
    case trailersTooLarge
    case bodyTooLarge
    // Expectations
    case expectationFailed
    // Deadlines, which whoever owns the clock reports
    case headTimeout, bodyTimeout
}

extension HTTPRejection {
    /// The status to answer with.
    package var status: HTTPStatus {
        switch self {
        case .headTimeout, .bodyTimeout: .requestTimeout
        case .bodyTooLarge: .contentTooLarge
        case .requestLineTooLong: .uriTooLong
        case .expectationFailed: .expectationFailed
        case .headTooLarge, .tooManyFields: .requestHeaderFieldsTooLarge
        case .unknownTransferCoding: .notImplemented
        case .versionNotSupported: .httpVersionNotSupported
        default: .badRequest
        }
    }

    /// The stable name, in snake_case.
    package var code: StaticString { description.code }
    /// One sentence for whoever wrote the client.
    package var detail: StaticString { description.detail }

    private var description: (code: StaticString, detail: StaticString) {
        switch self {
        case .bareCarriageReturn:
            ("bare_carriage_return", "A carriage return must be followed by a line feed.")
        case .bareLineFeed:
            ("bare_line_feed", "A line ends in a bare line feed; lines must end in CR LF.")
        case .controlByte:
            ("control_byte", "The head, a chunk line or a trailer contains a control byte.")
        case .invalidRequestLine:
            ("invalid_request_line", "The request line must be `method target HTTP/1.1`.")
        case .invalidMethod:
            ("invalid_method", "The request must begin with a method.")
        case .invalidTarget:
            ("invalid_target", "The request target is not allowed here by RFC 9112.")
        case .versionNotSupported:
            ("http_version_not_supported", "Only HTTP/1.1 and HTTP/1.0 are supported.")
        case .requestLineTooLong:
            ("request_line_too_long", "The request line is longer than the limit.")
        case .headTooLarge:
            ("head_too_large", "The request's head is larger than the limit.")
        case .tooManyFields:
            ("too_many_fields", "The request has more header fields than the limit.")
        case .invalidFieldName:
            ("invalid_field_name", "A header field's name must be a token.")
        case .fieldNameTooLong:
            ("field_name_too_long", "A header field's name is longer than the limit.")
        case .spaceBeforeColon:
            ("space_before_colon", "A field's name must not have a space before its colon.")
        case .foldedLine:
            ("folded_line", "A field line begins with a space; line folding is obsolete.")
        case .repeatedField:
            ("repeated_field", "A field that may occur once occurs twice.")
        case .missingHost:
            ("missing_host", "HTTP/1.1 requests must have a Host field.")
        case .repeatedHost:
            ("repeated_host", "The request has more than one Host field.")
        default:
            framingDescription
        }
    }

    private var framingDescription: (code: StaticString, detail: StaticString) {
        switch self {
        case .invalidHost:
            ("invalid_host", "The Host field must be a host with an optional port.")
        case .hostMismatch:
            ("host_mismatch", "The target's authority must be the one in Host.")
        case .invalidContentLength:
            ("invalid_content_length", "Content-Length must be 1 to 18 decimal digits.")
        case .repeatedContentLength:
            ("repeated_content_length", "The request has more than one Content-Length field.")
        case .ambiguousLength:
            ("ambiguous_length", "Content-Length and Transfer-Encoding exclude each other.")
        case .invalidTransferEncoding:
            ("invalid_transfer_encoding", "Transfer-Encoding must be exactly `chunked`.")
        case .repeatedTransferEncoding:
            ("repeated_transfer_encoding", "The request has more than one Transfer-Encoding field.")
        case .unexpectedTransferEncoding:
            ("unexpected_transfer_encoding", "HTTP/1.0 does not allow Transfer-Encoding.")
        case .unknownTransferCoding:
            ("unknown_transfer_coding", "The only supported transfer coding is `chunked`.")
        case .invalidChunkSize:
            ("invalid_chunk_size", "A chunk's size must be 1 to 8 hexadecimal digits.")
        case .invalidChunkExtension:
            ("invalid_chunk_extension", "A chunk extension must be `;name` or `;name=value`.")
        case .chunkExtensionsTooLong:
            ("chunk_extensions_too_long", "The chunk extensions are longer than the limit.")
        case .missingChunkEnd:
            ("missing_chunk_end", "A chunk's data must be followed by CR LF.")
        case .trailersTooLarge:
            ("trailers_too_large", "The trailer fields are larger than the limit.")
        case .bodyTooLarge:
            ("body_too_large", "The request's body is larger than the limit.")
        case .expectationFailed:
            ("expectation_failed", "The only supported expectation is `100-continue`.")
        case .headTimeout:
            ("head_timeout", "The request's head did not arrive in time.")
        case .bodyTimeout:
            ("body_timeout", "The request's body did not arrive in time.")
        default:
            ("invalid_request", "The request is not HTTP/1.1.")
        }
    }
}
