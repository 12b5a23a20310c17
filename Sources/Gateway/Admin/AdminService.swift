internal import Addresses
internal import Bytes
internal import Wire

/// The admin listener's requests: handed to the control side, which may take its time. Only health
/// is answered by the loop itself.
struct AdminService: LoopService, ~Copyable {
    private let shared: Shared
    private let control: Control
    private let lane: Int

    init(_ shared: Shared, _ control: Control, lane: Int) {
        self.shared = shared
        self.control = control
        self.lane = lane
    }

    mutating func answer(
        _ head: borrowing RequestParser, _ request: RawSpan, from source: RequestSource,
        _ writer: inout ResponseWriter
    ) -> Disposition {
        var path = ByteBuffer(capacity: 0)
        path.append(decodingUnreserved: request.extracting(head.path.range))
        switch PublicTarget(path: ByteRange(0..<path.count), in: path.bytes) {
        case .health:
            if writer.isRead(head.method, .health) { writer.respondHealth() }
        case .readiness:
            if writer.isRead(head.method, .readiness) {
                writer.respondReadiness(shared.unreadyReasons)
            }
        case .anything:
            writer.respondOptions(allow: "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS")
        default:
            if head.method.isNeverServed {
                writer.refuseMethod(.none, allow: "GET, HEAD, POST, PUT, PATCH, DELETE")
                return .answered
            }
            if control.accept(controlRequest(head, request, source, path: path.bytes.text)) {
                return .handedOver
            }
            writer.problem(.none, .overloaded)
        }
        return .answered
    }

    mutating func answerHead(
        _ head: borrowing RequestParser, _ request: RawSpan, from source: RequestSource,
        _ writer: inout ResponseWriter
    ) -> Bool {
        let authorization = head[.authorization].map { request.extracting($0.range).text }
        let holder = control.tokens.holder(authorization, among: control.shared.projected)
        if holder != nil { return false }
        writer.problem(.none, .noToken)
        return true
    }

    mutating func answer(_ decided: AnswerEnvelope, _ writer: inout ResponseWriter) {
        preconditionFailure("the admin listener takes no entries")
    }

    mutating func answerUnknown(_ writer: inout ResponseWriter) {
        writer.problem(.none, .commandOutcomeUnknown)
    }

    mutating func answer(
        _ answer: ControlAnswer, _ writer: inout ResponseWriter
    ) -> Disposition {
        writer.write(answer)
    }

    mutating func apply(_ message: LoopMessage) {}

    mutating func passOn() {}

    private func controlRequest(
        _ head: borrowing RequestParser, _ request: RawSpan, _ source: RequestSource, path: String
    ) -> ControlRequest {
        func field(_ range: ByteRange?) -> String? {
            range.map { request.extracting($0.range).text }
        }
        return ControlRequest(
            lane: lane, connection: source.connection,
            method: request.extracting(head.methodRange.range).text,
            path: path,
            query: request.extracting(head.query.range).text,
            authorization: field(head[.authorization]), accept: field(head[.accept]),
            acceptEncoding: field(head[.acceptEncoding]),
            acceptLanguage: field(head.value(ofFieldNamed: "accept-language", in: request)),
            contentType: field(head[.contentType]),
            contentEncoding: field(head[.contentEncoding]),
            body: request.extracting(head.body.range).array,
            isLocal: isLocal(head, request, source))
    }

    /// Whether this machine itself asks: not a proxy on it for somebody else, nor a page in a
    /// browser on it, whose own name was made to lead here (DNS rebinding).
    private func isLocal(
        _ head: borrowing RequestParser, _ request: RawSpan, _ source: RequestSource
    ) -> Bool {
        let client = ClientAddress.of(
            request, readBy: head, peer: source.peer, shared.proxies)
        guard client.address.isLoopback, !client.isHidden else { return false }
        let isForwarded = head[.forwarded] != nil || head[.xForwardedFor] != nil
        // A proxy that nobody has named speaks for a client that it does not say.
        if isForwarded, !shared.proxies.contains(source.peer) { return false }
        guard let host = head[.host] else { return true }
        return HTTPAuthority.isAddressOrLocalhost(request.extracting(host.range))
    }
}

extension ResponseWriter {
    /// Writes what the control side has answered, or the head of it.
    mutating func write(_ answer: ControlAnswer) -> Disposition {
        switch answer.reply {
        case .content(let content):
            body.removeAll()
            content.body.withBytes { body.append($0) }
            for (name, value) in content.fields { fields.append(name, value) }
            respond(answer.route, content.status, type: content.type)
        case .problem(let problem, let allow):
            if let allow { allow.withBytes { _ = fields.append("Allow", value: $0) } }
            self.problem(answer.route, problem)
        case .streamed(let content):
            for (name, value) in content.fields { fields.append(name, value) }
            beginStream(answer.route, type: content.type)
            return .streams(content.stream)
        }
        return .answered
    }
}
