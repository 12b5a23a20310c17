/// The limits that end a connection without being the fault of a request, as the metrics name them.
enum ConnectionLimit: Int, CaseIterable {
    /// `limits.idle_seconds`: silent between requests.
    case idle
    /// `limits.write_seconds`: an answer was not taken.
    case write
    /// The peer did not end the connection when we had.
    case linger
    /// `limits.requests_per_connection`
    case requests
    /// `limits.post_handshake_messages`: keys changed, or handshakes asked for, without end.
    case handshakes
    /// `limits.parked_bytes`: no room for half a request, or for an answer that was not taken.
    case memory
    /// `limits.stream_seconds`: a streamed answer had no event for so long.
    case streamSilent
    /// `limits.stream_bytes`: a streamed answer's events were not taken.
    case streamBacklog
    /// A long answer could not be made whole.
    case streamFailed
    /// `limits.unauthenticated_seconds`: the admin listener was shown no valid token.
    case unauthenticated
    /// Places of the admin listener ran short: a newcomer got this one.
    case displaced

    var label: StaticString {
        switch self {
        case .idle: "idle"
        case .write: "write"
        case .linger: "linger"
        case .requests: "requests"
        case .handshakes: "handshakes"
        case .memory: "memory"
        case .streamSilent: "stream_silent"
        case .streamBacklog: "stream_backlog"
        case .streamFailed: "stream_failed"
        case .unauthenticated: "unauthenticated"
        case .displaced: "displaced"
        }
    }
}
