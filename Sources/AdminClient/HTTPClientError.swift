package import Sockets
package import Wire

/// Why there is no answer.
package enum HTTPClientError: Error, Equatable, Sendable {
    /// The request cannot be sent as it is; why.
    case unusable(String)
    /// The host's name has no address; the resolver's words.
    case unknownHost(String, reason: String)
    /// None of the host's addresses took the connection; each with its reason, in the order tried.
    case unreachable([Attempt])
    /// There is no TLS connection: what OpenSSL says, or what was found in its place.
    case tls(String)
    /// The connection ended before a byte of an answer came; more, where more is known.
    case closed(String?)
    /// What came is no answer in HTTP/1.1, or its head is beyond a limit.
    case malformed(ResponseRejection)
    /// The connection ended in the middle of an answer.
    case cut(ReceivedBody)
    /// The answer is longer than the client takes, in bytes.
    case tooLarge(limit: Int)
    /// Time was over in the middle of an answer.
    case stalled(ReceivedBody)
    /// Over TLS, a body that only the connection's end ends could have been cut by anybody.
    case unboundedBody
    /// Time was over. The request has been sent, and may have been carried out, or it has not.
    case late(isSent: Bool)
    /// This machine has no descriptor or no memory for a connection.
    case system(String)

    /// How much of an answer's body came before it broke off.
    package struct ReceivedBody: Equatable, Sendable {
        package let bytes: Int
        /// What its head announced; nil where it does not say, or did not come whole.
        package let expected: Int?
    }

    /// A server answered, and its answer did not come whole. That is another failure than a server
    /// that cannot be reached: something answers there.
    package var isPartOfAnAnswer: Bool {
        switch self {
        case .cut, .tooLarge, .stalled: true
        default: false
        }
    }

    /// An address that was tried in vain.
    package struct Attempt: Equatable, Sendable {
        package let address: SocketAddress
        package let reason: String
    }
}

extension HTTPClientError: CustomStringConvertible {
    /// What happened, for a person, without the URL that was asked.
    package var description: String {
        switch self {
        case .unusable(let reason), .system(let reason): reason
        case .unknownHost(let host, let reason): "\(host): \(reason)"
        case .unreachable(let attempts):
            attempts.map { "\($0.address): \($0.reason)" }.joined(separator: "; ")
        case .tls(let reason): "TLS: \(reason)"
        case .closed(let reason?): "the server closed the connection without an answer: \(reason)"
        case .closed(nil): "the server closed the connection without an answer"
        case .malformed(let rejection): "the server \(rejection.detail)"
        case .cut(let body):
            "the answer was cut off: the connection closed after \(body); the server may have "
                + "stopped, or something in between may limit answers: try again, then look at "
                + "their logs"
        case .tooLarge(let limit):
            "the answer is longer than the \(limit) bytes that are accepted: ask for less of it"
        case .stalled(let body):
            "the answer stopped coming: \(body) came within the time allowed; the server or the "
                + "network may be overloaded: try again later"
        case .unboundedBody:
            "the server gave its answer no length: over TLS nobody can tell whether all of it came"
        case .late(true): "no answer in time"
        case .late(false): "no connection in time"
        }
    }
}

extension HTTPClientError.ReceivedBody: CustomStringConvertible {
    package var description: String {
        expected.map { "\(bytes) of \($0) bytes" } ?? "\(bytes) bytes"
    }
}
