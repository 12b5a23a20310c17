internal import Bytes

/// The header fields that the gateway reads, recognised while the head is parsed.
package enum KnownField: UInt8, CaseIterable, Sendable, BitwiseCopyable {
    case host, contentType, contentLength, transferEncoding, connection, expect
    case authorization, idempotencyKey, origin, contentEncoding
    case accept, acceptEncoding, userAgent
    case accessControlRequestMethod, accessControlRequestHeaders
    case forwarded, xForwardedFor
    case ifNoneMatch, lastEventID
    case portillonPermit

    /// The field's name, in lower case.
    package var name: StaticString {
        switch self {
        case .host: "host"
        case .contentType: "content-type"
        case .contentLength: "content-length"
        case .transferEncoding: "transfer-encoding"
        case .connection: "connection"
        case .expect: "expect"
        case .authorization: "authorization"
        case .idempotencyKey: "idempotency-key"
        case .origin: "origin"
        case .contentEncoding: "content-encoding"
        case .accept: "accept"
        case .acceptEncoding: "accept-encoding"
        case .userAgent: "user-agent"
        case .accessControlRequestMethod: "access-control-request-method"
        case .accessControlRequestHeaders: "access-control-request-headers"
        case .forwarded: "forwarded"
        case .xForwardedFor: "x-forwarded-for"
        case .ifNoneMatch: "if-none-match"
        case .lastEventID: "last-event-id"
        case .portillonPermit: "portillon-permit"
        }
    }
}

extension KnownField {
    /// The field whose name is at `start`, in any case, if it is one of these.
    /// - Parameters:
    ///   - start: where a token begins.
    ///   - count: its length.
    @inline(__always)
    init?(in bytes: RawSpan, start: Int, count: Int) {
        // Written out, so that each name becomes a comparison with constants.
        @inline(__always)
        func isName(of field: KnownField) -> Bool {
            bytes.isToken(at: start, count: count, named: field.name)
        }
        @inline(__always)
        func only(_ field: KnownField) -> KnownField? { isName(of: field) ? field : nil }
        let found: KnownField? =
            switch count {
            case 4: only(.host)
            case 6: only(.accept) ?? only(.expect) ?? only(.origin)
            case 9: only(.forwarded)
            case 10: only(.connection) ?? only(.userAgent)
            case 12: only(.contentType)
            case 13: only(.authorization) ?? only(.ifNoneMatch) ?? only(.lastEventID)
            case 14: only(.contentLength)
            case 15: only(.acceptEncoding) ?? only(.idempotencyKey) ?? only(.xForwardedFor)
            case 16: only(.portillonPermit) ?? only(.contentEncoding)
            case 17: only(.transferEncoding)
            case 29: only(.accessControlRequestMethod)
            case 30: only(.accessControlRequestHeaders)
            default: nil
            }
        guard let found else { return nil }
        self = found
    }
}
