/// Why a call has no answer.
package enum GRPCError: Error, Equatable, Sendable {
    /// There is no connection: what each of the host's addresses said.
    case unreachable(String)
    /// The TLS handshake did not come about.
    case tls(String)
    /// No answer in time.
    case timedOut
    /// The connection, or the call alone, ended before its answer.
    case closed(String)
    /// What came is not HTTP/2, not gRPC, or not the message that was expected.
    case malformed(String)
    /// The server's own refusal: a status other than 0 (gRPC, "Status codes and their use").
    case status(code: UInt32, message: String)
}

extension GRPCError {
    /// Whether it is a refusal that comes before a request is proposed to the members. All others
    /// may come while it is under way, or pass.
    var isFinal: Bool {
        switch self {
        // An invalid argument, as a request that is too large; no permission; no authentication.
        case .status(code: 3, _), .status(code: 7, _), .status(code: 16, _): true
        default: false
        }
    }

    /// Whether the server has no space for a request: until a trim makes some. Too many requests at
    /// once have the same status.
    var isNoSpace: Bool {
        guard case .status(code: 8, let message) = self else { return false }
        return message.contains("space exceeded")
    }
}

extension GRPCError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unreachable(let reason): "cannot connect: \(reason)"
        case .tls(let reason): "TLS: \(reason)"
        case .timedOut: "no answer in time"
        case .closed(let reason): reason
        case .malformed(let reason): "the answer is not etcd's: \(reason)"
        case .status(let code, ""): "refused with status \(code) of gRPC"
        case .status(_, let message): message
        }
    }
}
