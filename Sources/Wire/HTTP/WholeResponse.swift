internal import Bytes

/// An answer that has come whole, and where its body lies: for a client that keeps its connection
/// and reads small answers at once.
package struct WholeResponse: Equatable, Sendable, BitwiseCopyable {
    package let status: Int
    package let bodyStart: Int
    /// Of a chunked body with the chunks' own lines in it.
    package let bodyCount: Int
    /// The server closes the connection behind this answer.
    package let closes: Bool
    /// Seconds of `Retry-After`; nil without it, or where it is a date.
    package let retryAfterSeconds: Int?

    /// Where the next answer begins.
    package var end: Int { bodyStart + bodyCount }

    package enum Reading: Equatable, Sendable {
        case complete(WholeResponse)
        case incomplete
        /// Not an answer in HTTP/1.1, beyond the limits, or one that only the connection's end
        /// ends.
        case malformed
    }

    /// Reads the answer at the front of what has come; from its first byte each time, as an answer
    /// that comes in pieces is the exception. One call an answer, and no allocation.
    package static func read(
        _ bytes: RawSpan, limits: ResponseLimits = ResponseLimits()
    ) -> Reading {
        var parser = ResponseParser(limits: limits)
        var bodyStart = 0
        while true {
            switch parser.next(bytes) {
            case .needMore:
                return parser.stage == .untilEnd ? .malformed : .incomplete
            case .head:
                if parser.stage == .untilEnd { return .malformed }
                bodyStart = parser.position
            case .body: continue
            case .complete:
                return .complete(
                    WholeResponse(
                        status: parser.status, bodyStart: bodyStart,
                        bodyCount: parser.position - bodyStart, closes: parser.closes,
                        retryAfterSeconds: parser.retryAfterSeconds))
            case .failed: return .malformed
            }
        }
    }
}
