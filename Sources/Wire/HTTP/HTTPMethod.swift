internal import Bytes

/// The request methods that the gateway tells apart; method names are case-sensitive
/// (RFC 9110, 9.1).
package enum HTTPMethod: UInt8, Sendable, BitwiseCopyable {
    case get, head, post, put, delete, options, patch, connect, trace
    /// Any other token; its text is in ``RequestParser/methodRange``.
    case other
}

extension HTTPMethod {
    /// - Parameter name: a token.
    init(_ name: RawSpan) {
        switch name.byteCount {
        case 3: self = name.equals("GET") ? .get : name.equals("PUT") ? .put : .other
        case 4: self = name.equals("POST") ? .post : name.equals("HEAD") ? .head : .other
        case 5: self = name.equals("PATCH") ? .patch : name.equals("TRACE") ? .trace : .other
        case 6: self = name.equals("DELETE") ? .delete : .other
        case 7:
            self = name.equals("OPTIONS") ? .options : name.equals("CONNECT") ? .connect : .other
        default: self = .other
        }
    }
}
