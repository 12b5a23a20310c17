internal import Addresses
internal import Bytes
internal import Ledger
internal import Sockets
internal import Wire

/// The admin listener's requests. The loop says who asks, whether they may, and whether there is a
/// place for it; what passes is handed to the control side, which may take its time. Health is
/// answered by the loop itself.
struct AdminService: LoopService, ~Copyable {
    private let shared: Shared
    private let control: Control
    private let lane: Int
    private var connections: AdminConnections
    /// The pages' files, which hold no data: a score, so the one that is asked for is searched for.
    private var files: [PublicFile] = []

    init(_ shared: Shared, _ control: Control, lane: Int) {
        self.shared = shared
        self.control = control
        self.lane = lane
        connections = AdminConnections(shared.limits)
    }

    mutating func answer(
        _ head: borrowing RequestParser, _ request: RawSpan, from source: RequestSource,
        _ writer: inout ResponseWriter
    ) -> Disposition {
        // It was taken when the head was there, or ends with this request.
        let place = connections.popPlace(source.connection.place)
        let path = Self.path(head, request)
        let target = PublicTarget(path: ByteRange(0..<path.count), in: path.bytes)
        if answerWithoutToken(head, request, path.bytes, target, source, &writer) {
            return .answered
        }
        let asked = controlRequest(
            head, request, source, path: path.bytes.text,
            body: request.extracting(head.body.range).array)
        guard let (call, begun) = admit(asked, in: place, &writer) else { return .answered }
        connections.hold(begun, source.connection.place)
        control.handle(call, in: begun)
        return .handedOver
    }

    /// Answers what needs no token, and refuses what pages of others send.
    /// - Returns: whether it did; otherwise the request needs a token.
    private func answerWithoutToken(
        _ head: borrowing RequestParser, _ request: RawSpan, _ path: RawSpan,
        _ target: PublicTarget, _ source: RequestSource, _ writer: inout ResponseWriter
    ) -> Bool {
        let file = files.first { $0.isAt(path) }
        let isAnyones = target.isAnyones || head.method.isNeverServed
        if let refusal = shared.adminNames.refusal(
            of: head, request, isPage: file != nil, isAnyones: isAnyones)
        {
            writer.makeLast()
            writer.problem(file == nil ? .none : .pages, refusal)
            return true
        }
        if let file {
            endWhereOverdue(source, &writer)
            writer.respond(file, to: head, request)
        } else if isAnyones {
            answerAnyone(head, target, source, &writer)
        } else {
            return false
        }
        return true
    }

    /// Ends the connection with this answer where it has shown no token for too long.
    private func endWhereOverdue(_ source: RequestSource, _ writer: inout ResponseWriter) {
        if connections.isOverdue(source.connection.place, at: writer.time.milliseconds) {
            writer.makeLast()
        }
    }

    /// What needs no token.
    private func answerAnyone(
        _ head: borrowing RequestParser, _ target: PublicTarget, _ source: RequestSource,
        _ writer: inout ResponseWriter
    ) {
        endWhereOverdue(source, &writer)
        switch target {
        case .health:
            if writer.isRead(head.method, .health) { writer.respondHealth() }
        case .readiness:
            if writer.isRead(head.method, .readiness) {
                writer.respondReadiness(shared.unreadyReasons)
            }
        case .anything:
            writer.respondOptions(allow: "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS")
        default:
            writer.refuseMethod(.none, allow: "GET, HEAD, POST, PUT, PATCH, DELETE")
        }
    }

    mutating func answerHead(
        _ head: borrowing RequestParser, _ request: RawSpan, from source: RequestSource,
        _ writer: inout ResponseWriter
    ) -> Bool {
        // Its body is on its way already.
        if connections.hasPlace(source.connection.place) { return false }
        let path = Self.path(head, request)
        let target = PublicTarget(path: ByteRange(0..<path.count), in: path.bytes)
        if answerWithoutToken(head, request, path.bytes, target, source, &writer) { return true }
        let asked = controlRequest(head, request, source, path: path.bytes.text, body: [])
        guard let (_, place) = admit(asked, in: nil, &writer) else { return true }
        // So a body that comes slowly is a request in progress, and bounded like one.
        connections.hold(place, source.connection.place)
        return false
    }

    /// Finds who sends a request, by which route, and a place for it; otherwise answers it.
    /// - Parameter place: the one that it has already.
    private mutating func admit(
        _ asked: ControlRequest, in place: ControlPlace?, _ writer: inout ResponseWriter
    ) -> (PermittedCall, ControlPlace)? {
        let router = AdminRouter(control: control)
        let found = AdminRouter.match(asked)
        let label = found.first?.route.label ?? .none
        let author: Author
        do {
            // Of a request whose body came later, the head was counted.
            author = try router.author(of: asked, found, isFirstLook: place == nil)
        } catch {
            // So that guesses cost a connection each.
            writer.makeLast()
            writer.problem(label, error)
            return nil
        }
        let holder = TokenHolder(author)
        if let refusal = connections.authenticate(asked.connection.place, as: holder) {
            shared.instruments.count(.adminRequests, lane: lane)
            writer.makeLast()
            writer.problem(label, refusal == .token ? .tooManyTokenConnections : .overloaded)
            return nil
        }
        do {
            switch try router.permit(asked, found, by: author) {
            case .permitted(let call):
                if let place { return (call, place) }
                return (call, try self.place(for: call.work, by: holder))
            case .answered(let reply):
                _ = writer.write(
                    ControlAnswer(connection: asked.connection, route: label, reply: reply))
            }
        } catch {
            writer.problem(label, error)
        }
        return nil
    }

    /// - Throws: ``Problem`` 429 or 503 where there is no place.
    private func place(
        for work: ControlWork, by holder: TokenHolder
    ) throws(Problem) -> ControlPlace {
        do {
            return try control.places.begin(work, by: holder)
        } catch {
            shared.instruments.count(.adminRequests, lane: lane)
            throw error.problem
        }
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
        let disposition = writer.write(answer)
        // A stream has its place until its connection ends: it is its last answer.
        if case .streams = disposition { return disposition }
        _ = connections.popPlace(answer.connection.place)
        return disposition
    }

    mutating func apply(_ message: LoopMessage) {
        switch message {
        case .limits(let limits): connections.change(to: limits)
        case .files(let files): self.files = files
        default: break
        }
    }

    mutating func passOn() {}

    // MARK: Places

    mutating func begin(_ connection: EventToken, from peer: IPAddress, at time: LoopTime) {
        connections.begin(connection, from: peer, at: time.milliseconds)
    }

    mutating func end(_ slot: UInt32) { connections.end(slot) }

    func tokenHolder(of slot: UInt32) -> TokenHolder? { connections.holder(slot) }

    func isUnauthenticated(_ slot: UInt32) -> Bool { connections.isUnauthenticated(slot) }

    func nextToDisplace() -> EventToken? { connections.next() }

    mutating func popDisplaced() -> EventToken? { connections.popDisplaced() }

    // MARK: Requests

    /// The path, with octets that are unreserved in a URI standing for themselves.
    private static func path(
        _ head: borrowing RequestParser, _ request: RawSpan
    ) -> ByteBuffer {
        var path = ByteBuffer(capacity: 0)
        path.append(decodingUnreserved: request.extracting(head.path.range))
        return path
    }

    private func controlRequest(
        _ head: borrowing RequestParser, _ request: RawSpan, _ source: RequestSource,
        path: String, body: [UInt8]
    ) -> ControlRequest {
        func field(_ range: ByteRange?) -> String? {
            range.map { request.extracting($0.range).text }
        }
        let client = ClientAddress.of(
            request, readBy: head, peer: source.peer, shared.proxies)
        return ControlRequest(
            lane: lane, connection: source.connection,
            method: request.extracting(head.methodRange.range).text,
            path: path,
            query: request.extracting(head.query.range).text,
            authorization: field(head[.authorization]), accept: field(head[.accept]),
            acceptEncoding: field(head[.acceptEncoding]),
            acceptLanguage: field(head.value(ofFieldNamed: "accept-language", in: request)),
            lastEventID: field(head[.lastEventID]),
            contentType: field(head[.contentType]),
            contentEncoding: field(head[.contentEncoding]),
            body: body, client: client.address,
            isLocal: source.isLocal(head, request, shared.proxies))
    }
}

extension PublicTarget {
    /// Whether it is one of the admin listener's that need no token.
    fileprivate var isAnyones: Bool {
        switch self {
        case .health, .readiness, .anything: true
        default: false
        }
    }
}

extension ResponseWriter {
    /// Writes what the control side has answered, or the head of it.
    mutating func write(_ answer: ControlAnswer) -> Disposition {
        switch answer.reply {
        case .content(let content):
            for (name, value) in content.fields { fields.append(name, value) }
            if content.body.count > Self.outboxBytes {
                respond(answer.route, content.status, type: content.type, long: content.body)
                return .answered
            }
            body.removeAll()
            content.body.withBytes { body.append($0) }
            respond(answer.route, content.status, type: content.type)
        case .problem(let problem, let allow):
            if let allow { allow.withBytes { _ = fields.append("Allow", value: $0) } }
            self.problem(answer.route, problem)
        case .streamed(let content):
            for (name, value) in content.fields { fields.append(name, value) }
            if context.isHead {
                content.stream.close()
                beginStream(answer.route, type: content.type, closes: isLast)
                return .answered
            }
            beginStream(answer.route, type: content.type)
            return .streams(content.stream)
        }
        return .answered
    }
}
