/// The kinds of deadline a connection can have; one at a time. ``Stage/deadline(isDraining:)`` says
/// which.
enum Deadline: Int, CaseIterable {
    /// From a request's first byte to the end of its head; and for a TLS handshake.
    case head
    /// From there to the end of its body.
    case body
    /// Between requests.
    case idle
    /// Until the peer takes the rest of an answer.
    case write
    /// Between two events of a streamed answer.
    case stream
    /// Between our end of the stream and the peer's.
    case linger
    /// On the admin listener, until a request has a valid token: in place of head and idle.
    case token
    /// In place of idle and linger while the loop drains, of a handshake's that has not begun, and
    /// of a proxy's header.
    case leave

    /// Whether it is met by what the peer sends.
    var isForReading: Bool {
        switch self {
        case .head, .body, .idle, .token: true
        case .write, .stream, .linger, .leave: false
        }
    }

    /// A peer that has our last answer ends at once, or not at all.
    private static var lingerSeconds: Int { 2 }

    static func durations(_ limits: Limits) -> [UInt64] {
        allCases.map { deadline in
            switch deadline {
            case .head: UInt64(limits.headSeconds) * 1_000
            case .body: UInt64(limits.bodySeconds) * 1_000
            case .idle: UInt64(limits.idleSeconds) * 1_000
            case .write: UInt64(limits.writeSeconds) * 1_000
            case .stream: UInt64(limits.streamSeconds) * 1_000
            case .linger: UInt64(lingerSeconds) * 1_000
            case .token: UInt64(limits.unauthenticatedSeconds) * 1_000
            case .leave: UInt64(limits.drainNoticeMilliseconds)
            }
        }
    }
}
