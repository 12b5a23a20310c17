internal import Addresses
internal import Bytes
internal import Sockets
internal import Wire

/// The admin listener's requests: handed to the control side, which may take its time.
extension Worker {
    /// Health is answered here; everything else is the control side's.
    mutating func handleAdmin(_ place: UInt32, _ request: RawSpan) {
        switch PublicTarget(path: parser.path, in: request) {
        case .health:
            if isRead(place, .health) { answerHealth(place) }
        case .readiness:
            if isRead(place, .readiness) { answerReadiness(place) }
        case .anything:
            answerOptions(place, allow: "GET, HEAD, POST, PUT, DELETE, OPTIONS")
        default:
            if isNeverServed {
                refuseMethod(place, .control, allow: "GET, HEAD, POST, PUT, DELETE")
                return
            }
            connections[place].isAnswerPending = true
            if !control.accept(controlRequest(place, request)) {
                connections[place].isAnswerPending = false
                problem(place, .control, .overloaded)
            }
        }
    }

    /// Whether this machine itself asks: not a proxy on it for somebody else, nor a page in a
    /// browser on it, whose own name was made to lead here (DNS rebinding).
    private func isLocal(_ place: UInt32, _ request: RawSpan) -> Bool {
        let client = clientAddress(place, request)
        guard client.address.isLoopback, !client.isHidden else { return false }
        let isForwarded = parser[.forwarded] != nil || parser[.xForwardedFor] != nil
        // A proxy that nobody has named speaks for it knows whom.
        if isForwarded, !shared.proxies.contains(connections[place].peer) { return false }
        return parser[.host].map { !HTTPAuthority.isDomain(request.extracting($0.range)) } ?? true
    }

    private func controlRequest(_ place: UInt32, _ request: RawSpan) -> ControlRequest {
        func text(_ range: ByteRange) -> String { request.extracting(range.range).text }
        func field(_ known: KnownField) -> String? { parser[known].map(text) }
        return ControlRequest(
            lane: number, connection: connections.token(of: place),
            method: text(parser.methodRange), path: text(parser.path), query: text(parser.query),
            authorization: field(.authorization), accept: field(.accept),
            acceptEncoding: field(.acceptEncoding), contentType: field(.contentType),
            body: request.extracting(parser.body.range).array,
            isLocal: isLocal(place, request))
    }
}
