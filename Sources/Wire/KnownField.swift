internal import Bytes

/// The header fields that the gateway reads, recognised while the head is parsed.
package enum KnownField: UInt8, CaseIterable, Sendable, BitwiseCopyable {
    case host, contentType, contentLength, transferEncoding, connection, expect
    case authorization, idempotencyKey, origin
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
        @inline(__always)
        func isName(of field: KnownField) -> Bool {
            bytes.isToken(at: start, count: count, named: field.name)
        }
        let candidates: (KnownField, KnownField?, KnownField?)
        switch count {
        case 4: candidates = (.host, nil, nil)
        case 6: candidates = (.accept, .expect, .origin)
        case 9: candidates = (.forwarded, nil, nil)
        case 10: candidates = (.connection, .userAgent, nil)
        case 12: candidates = (.contentType, nil, nil)
        case 13: candidates = (.authorization, .ifNoneMatch, .lastEventID)
        case 14: candidates = (.contentLength, nil, nil)
        case 15: candidates = (.acceptEncoding, .idempotencyKey, .xForwardedFor)
        case 16: candidates = (.portillonPermit, nil, nil)
        case 17: candidates = (.transferEncoding, nil, nil)
        case 29: candidates = (.accessControlRequestMethod, nil, nil)
        case 30: candidates = (.accessControlRequestHeaders, nil, nil)
        default: return nil
        }
        if isName(of: candidates.0) {
            self = candidates.0
        } else if let second = candidates.1, isName(of: second) {
            self = second
        } else if let third = candidates.2, isName(of: third) {
            self = third
        } else {
            return nil
        }
    }
}
