internal import Addresses
internal import Bytes
internal import Ledger
internal import Sockets
internal import Wire

/// The public listener's requests: entries, the operation as front ends may know it, health, and
/// files where it serves any.
struct PublicService: LoopService, ~Copyable {
    private let shared: Shared
    private var entries: EntryService
    /// A dozen at most, so the one that is asked for is searched for.
    private var files: [PublicFile] = []
    private var forms: FormTimes
    /// The status page; nil where it is not served.
    private var status: StatusPages?

    init(_ shared: Shared, lane: Int) {
        self.shared = shared
        entries = EntryService(shared, lane: lane)
        forms = FormTimes(capacity: shared.limits.slots(.public))
    }

    mutating func apply(_ message: LoopMessage) {
        switch message {
        case .files(let files): self.files = files
        case .status(let pages): status = pages
        default: entries.apply(message)
        }
    }

    mutating func passOn() { entries.passOn() }

    func readShare(of operation: UInt32) -> ReadShare { entries.board.readShare(of: operation) }

    func isHeld(_ operation: UInt32) -> Bool { entries.board.isHeld(operation) }

    mutating func begin(_ connection: EventToken, from peer: IPAddress, at time: LoopTime) {
        forms.begin(connection.place)
    }

    mutating func answer(
        _ head: borrowing RequestParser, _ request: RawSpan, from source: RequestSource,
        _ writer: inout ResponseWriter
    ) -> Disposition {
        let (target, profile) = resolve(head, request)
        // Asked for any path and method, so that a page can read whatever its request is answered.
        if head.isPreflight {
            forms.record(source.connection.place, at: writer.time.nanoseconds)
            answerPreflight(head, request, target, profile, &writer)
            return .answered
        }
        switch target {
        case .entries:
            switch head.method {
            case .post: return enter(head, request, profile, source, &writer)
            case .options: answerOptions(profile, &writer)
            default: writer.refuseMethod(.entries, allow: "POST, OPTIONS")
            }
        case .operation:
            forms.record(source.connection.place, at: writer.time.nanoseconds)
            if writer.isRead(head.method, .operation) { answerOperation(profile, &writer) }
        case .challenge:
            forms.record(source.connection.place, at: writer.time.nanoseconds)
            if writer.isRead(head.method, .challenge) {
                entries.answerChallenge(head, request, profile, source, &writer)
            }
        case .health:
            if writer.isRead(head.method, .health) { writer.respondHealth() }
        case .readiness:
            if writer.isRead(head.method, .readiness) {
                writer.respondReadiness(shared.unreadyReasons)
            }
        case .document:
            answerDocument(head, request, &writer)
        case .status(let form): answerStatus(form, head, request, &writer)
        case .anything:
            writer.respondOptions(allow: "GET, HEAD, POST, OPTIONS")
        case .unknown where head.method.isNeverServed:
            writer.refuseMethod(.none, allow: "GET, HEAD, POST, OPTIONS")
        case .unknown:
            if let file = file(at: request.extracting(head.path.range)) {
                writer.respond(file, to: head, request)
            } else {
                writer.problem(.none, .notFound)
            }
        }
        return .answered
    }

    /// Takes an entry, with the time that its form took where the operation asks about robots.
    private mutating func enter(
        _ head: borrowing RequestParser, _ request: RawSpan, _ profile: OperationProfile?,
        _ source: RequestSource, _ writer: inout ResponseWriter
    ) -> Disposition {
        guard let profile, profile.robotMeasure != nil else {
            return entries.enter(head, request, profile, from: source, &writer)
        }
        var source = source
        let slot = source.connection.place
        source.formMilliseconds = forms.elapsed(slot, at: writer.time.nanoseconds)
        let disposition = entries.enter(head, request, profile, from: source, &writer)
        if case .handedOver = disposition { forms.end(slot) }
        return disposition
    }

    private func file(at path: RawSpan) -> PublicFile? {
        files.first { $0.isAt(path) }
    }

    /// What a request is about, and the operation in its path, if there is one of that name.
    private func resolve(
        _ head: borrowing RequestParser, _ request: RawSpan
    ) -> (target: PublicTarget, profile: OperationProfile?) {
        let target = PublicTarget(path: head.path, in: request)
        let profile = self.profile(target, in: request)
        // No operation's name has a percent sign.
        let path = request.extracting(head.path.range)
        guard profile == nil, path.hasPercentSign else { return (target, profile) }
        var decoded = ByteBuffer(capacity: path.byteCount)
        decoded.append(decodingUnreserved: path)
        let meant = PublicTarget(path: ByteRange(0..<decoded.count), in: decoded.bytes)
        return (meant, self.profile(meant, in: decoded.bytes))
    }

    private func profile(_ target: PublicTarget, in path: RawSpan) -> OperationProfile? {
        switch target {
        case .entries(let name), .operation(let name), .challenge(let name):
            entries.directory.operation(named: path.extracting(name.range))
        default: nil
        }
    }

    mutating func answerHead(
        _ head: borrowing RequestParser, _ request: RawSpan, from source: RequestSource,
        _ writer: inout ResponseWriter
    ) -> Bool {
        let (target, profile) = resolve(head, request)
        if case .entries = target, head.method == .post {
            return entries.refuseHead(head, request, profile, from: source, &writer)
        }
        // Nothing else reads a body.
        _ = answer(head, request, from: source, &writer)
        return true
    }

    mutating func answer(_ decided: AnswerEnvelope, _ writer: inout ResponseWriter) {
        // It comes again when the challenge is solved.
        if case .challenged = decided.verdict {
            forms.record(decided.connection.place, at: writer.time.nanoseconds)
        }
        entries.answer(decided, &writer)
    }

    mutating func answerUnknown(_ writer: inout ResponseWriter) { entries.answerUnknown(&writer) }

    mutating func answer(
        _ answer: ControlAnswer, _ writer: inout ResponseWriter
    ) -> Disposition {
        writer.write(answer)
    }

    /// The operation as front ends may know it: what a form must ask for before it is sent, and
    /// within which limits. A draft is nobody's but its owner's.
    private func answerOperation(_ profile: OperationProfile?, _ writer: inout ResponseWriter) {
        guard let profile, shared.board.state(of: profile.index) != .draft else {
            writer.problem(.operation, .unknownOperation)
            return
        }
        let cap = profile.cap(at: shared.board.counts(of: profile.index))
        let state = entries.state(of: profile, at: writer.time.now).capped(cap.isOver)
        writer.body.removeAll()
        writer.body.append("{\"operation\":\"" as StaticString)
        writer.body.append(profile.id)
        writer.body.append("\",\"title\":" as StaticString)
        writer.body.append(jsonString: profile.title)
        writer.body.append(",\"state\":\"" as StaticString)
        writer.body.append(state.name)
        writer.body.append(ASCII.quote)
        writer.body.append(profile.dates)
        if state == .suspended || state == .suspendedDefinitively {
            writer.body.append(",\"reason\":" as StaticString)
            writer.body.append(profile.publicReason)
        }
        writer.body.append(profile.demands)
        writer.body.append(
            (cap.isReached ? ",\"cap_reached\":true" : ",\"cap_reached\":false") as StaticString)
        appendLimits(&writer)
        writer.body.append(UInt8(ascii: "}"))
        writer.fields.append("Cache-Control", "public, max-age=1")
        writer.respond(.operation, .ok)
    }

    /// The limits of an entry, in bytes or elements.
    private func appendLimits(_ writer: inout ResponseWriter) {
        let limits = entries.limits
        let members: [(StaticString, Int)] = [
            (",\"limits\":{\"body_bytes\":", limits.bodyBytes),
            (",\"participant_bytes\":", limits.participantBytes),
            (",\"fields_bytes\":", limits.fieldsBytes),
            (",\"source_bytes\":", LedgerLimits.sourceBytes),
            (",\"second_key_bytes\":", limits.secondKeyBytes),
            (",\"consents\":", LedgerLimits.consents),
            (",\"consent_bytes\":", LedgerLimits.consentBytes),
            (",\"idempotency_key_bytes\":", limits.idempotencyKeyBytes),
        ]
        for (name, limit) in members {
            writer.body.append(name)
            writer.body.append(decimal: UInt64(limit))
        }
        writer.body.append(UInt8(ascii: "}"))
    }

    /// What the public listener answers, as an OpenAPI document.
    private static let document = PublicFile(
        path: "/openapi.json", kind: .json, caching: .revalidated, body: OpenAPIDocument.ofPublic)

    /// Its readers are among the first that are refused where entries find little room.
    private func answerDocument(
        _ head: borrowing RequestParser, _ request: RawSpan, _ writer: inout ResponseWriter
    ) {
        guard !shared.isFull(for: .statistics) else {
            shared.instruments.countShed(.statistics)
            writer.problem(.openAPI, .overloaded)
            return
        }
        writer.respond(Self.document, to: head, request, as: .openAPI)
    }

    /// The status of the service, as it was made beside all requests. Readers are the first that
    /// are refused where entries find little room.
    private func answerStatus(
        _ form: StatusForm, _ head: borrowing RequestParser, _ request: RawSpan,
        _ writer: inout ResponseWriter
    ) {
        guard let status else {
            writer.problem(.statusPage, .notFound)
            return
        }
        guard !shared.isFull(for: .statistics) else {
            shared.instruments.countShed(.statistics)
            writer.problem(.statusPage, .overloaded)
            return
        }
        writer.respond(status, as: form, to: head, request)
    }

    /// What may be done with an operation's entries, asked without a browser.
    private func answerOptions(_ profile: OperationProfile?, _ writer: inout ResponseWriter) {
        guard let profile else {
            writer.problem(.entriesPreflight, .unknownOperation)
            return
        }
        writer.body.removeAll()
        writer.fields.append("Allow", "POST, OPTIONS")
        writer.respond(.entriesPreflight, .noContent, profile: profile)
    }

    /// A browser asks whether its page may send a request (CORS preflight). It may send any: no
    /// request depends on a cookie, and the answer says what was wrong. So method and fields are
    /// echoed: pages and their tracing libraries add fields that nobody can list.
    private func answerPreflight(
        _ head: borrowing RequestParser, _ request: RawSpan, _ target: PublicTarget,
        _ profile: OperationProfile?, _ writer: inout ResponseWriter
    ) {
        writer.body.removeAll()
        _ = profile?.admitOrigin(head, request, &writer)
        if let method = head[.accessControlRequestMethod] {
            _ = writer.fields.append(
                "Access-Control-Allow-Methods", value: request.extracting(method.range))
        }
        if let fields = head[.accessControlRequestHeaders] {
            _ = writer.fields.append(
                "Access-Control-Allow-Headers", value: request.extracting(fields.range))
        } else {
            writer.fields.append(
                "Access-Control-Allow-Headers", "Authorization, Content-Type, Idempotency-Key")
        }
        // As long as browsers take: Firefox a day, others cut it off at two hours.
        writer.fields.append("Access-Control-Max-Age", "86400")
        writer.fields.append(
            "Vary", "Access-Control-Request-Method, Access-Control-Request-Headers")
        writer.respond(target.preflightLabel, .noContent, profile: profile)
    }
}

extension PublicTarget {
    /// What metrics count a preflight as.
    fileprivate var preflightLabel: Route {
        switch self {
        case .entries: .entriesPreflight
        case .operation: .operation
        case .challenge: .challenge
        case .health: .health
        case .readiness: .readiness
        case .document: .openAPI
        case .status: .statusPage
        case .anything, .unknown: .none
        }
    }
}

extension RequestParser {
    /// Whether the request is a browser's question before a request (the Fetch standard, 3.2.2).
    fileprivate var isPreflight: Bool {
        method == .options && self[.origin] != nil && self[.accessControlRequestMethod] != nil
    }
}

extension RawSpan {
    fileprivate var hasPercentSign: Bool {
        for offset in 0..<byteCount where self[offset] == UInt8(ascii: "%") { return true }
        return false
    }
}

extension HTTPMethod {
    /// Methods that nothing here has, so that they are refused even where nothing is.
    var isNeverServed: Bool { self == .trace || self == .connect }
}
