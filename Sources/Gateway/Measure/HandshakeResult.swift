internal import Sockets

/// What a TLS handshake came to, as it is counted.
enum HandshakeResult: Int, CaseIterable {
    case full12, full13, resumed12, resumed13
    /// The two sides have nothing in common, or the peer sent no TLS that is any.
    case failed
    /// It was longer than `limits.handshake_bytes`.
    case tooLong
    /// It was not made within the time for a head.
    case timedOut
    /// The address had made too many within the second; the connection was closed at once.
    case refused
    /// It was closed, not made yet, because all that connections keep took more memory than
    /// `limits.parked_bytes`.
    case noRoom
    /// The peer spoke plain HTTP.
    case plain

    init(_ handshake: Handshake) {
        self =
            handshake.isResumed
            ? handshake.isOfVersion13 ? .resumed13 : .resumed12
            : handshake.isOfVersion13 ? .full13 : .full12
    }

    var label: StaticString {
        switch self {
        case .full12, .full13: "full"
        case .resumed12, .resumed13: "resumed"
        case .failed: "failed"
        case .tooLong: "too_long"
        case .timedOut: "timed_out"
        case .refused: "refused"
        case .noRoom: "memory"
        case .plain: "plain_http"
        }
    }

    /// The version that was agreed on; `none` where it did not come to that.
    var version: StaticString {
        switch self {
        case .full12, .resumed12: "1.2"
        case .full13, .resumed13: "1.3"
        default: "none"
        }
    }
}
