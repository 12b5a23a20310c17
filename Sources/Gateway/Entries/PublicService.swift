internal import Bytes
internal import Ledger
internal import Wire

/// The public listener's requests: entries, the operation as front ends may know it, health.
struct PublicService: LoopService, ~Copyable {
    private let shared: Shared
    private var entries: EntryService

    init(_ shared: Shared, lane: Int) {
        self.shared = shared
        entries = EntryService(shared, lane: lane)
    }

    mutating func apply(_ message: LoopMessage) { entries.apply(message) }

    mutating func passOn() { entries.passOn() }

    mutating func answer(
        _ head: borrowing RequestParser, _ request: RawSpan, from source: RequestSource,
        _ writer: inout ResponseWriter
    ) -> Disposition {
        switch PublicTarget(path: head.path, in: request) {
        case .entries(let operation):
            switch head.method {
            case .post:
                return entries.enter(
                    head, request, operation, from: source.connection, &writer)
            case .options: answerPreflight(head, request, operation, &writer)
            default: writer.refuseMethod(.entries, allow: "POST, OPTIONS")
            }
        case .operation(let operation):
            if writer.isRead(head.method, .operation) {
                answerOperation(request.extracting(operation.range), &writer)
            }
        case .health:
            if writer.isRead(head.method, .health) { writer.respondHealth() }
        case .readiness:
            if writer.isRead(head.method, .readiness) {
                writer.respondReadiness(shared.unreadyReasons)
            }
        case .document:
            if writer.isRead(head.method, .openAPI) { answerDocument(&writer) }
        case .anything:
            writer.respondOptions(allow: "GET, HEAD, POST, OPTIONS")
        case .unknown where head.method.isNeverServed:
            writer.refuseMethod(.none, allow: "GET, HEAD, POST, OPTIONS")
        case .unknown:
            writer.problem(.none, .notFound)
        }
        return .answered
    }

    mutating func answerHead(
        _ head: borrowing RequestParser, _ request: RawSpan, from source: RequestSource,
        _ writer: inout ResponseWriter
    ) -> Bool {
        // A client that does not wait for a go-ahead has sent its body already.
        guard head.expectsContinue, !isEntryWithKey(head, request) else { return false }
        _ = answer(head, request, from: source, &writer)
        return true
    }

    private mutating func isEntryWithKey(
        _ head: borrowing RequestParser, _ request: RawSpan
    ) -> Bool {
        guard case .entries = PublicTarget(path: head.path, in: request) else { return false }
        return head.method == .post && entries.hasKey(head, request)
    }

    mutating func answer(_ decided: AnswerEnvelope, _ writer: inout ResponseWriter) {
        entries.answer(decided, &writer)
    }

    mutating func answerUnknown(_ writer: inout ResponseWriter) { entries.answerUnknown(&writer) }

    mutating func answer(
        _ answer: ControlAnswer, _ writer: inout ResponseWriter
    ) -> Disposition {
        writer.write(answer)
    }

    /// The operation as front ends may know it.
    private func answerOperation(_ name: RawSpan, _ writer: inout ResponseWriter) {
        guard let profile = entries.directory.operation(named: name) else {
            writer.problem(.operation, .unknownOperation)
            return
        }
        writer.body.removeAll()
        writer.body.append("{\"operation\":\"" as StaticString)
        writer.body.append(profile.id)
        writer.body.append("\",\"title\":" as StaticString)
        writer.body.append(jsonString: profile.title)
        writer.body.append(",\"state\":\"" as StaticString)
        writer.body.append(shared.board.state(of: profile.index).name)
        writer.body.append(ASCII.quote)
        writer.body.append(profile.dates)
        writer.body.append(UInt8(ascii: "}"))
        writer.fields.append("Cache-Control", "public, max-age=1")
        // Always: a cache gives to a page what it got for another one.
        writer.open(to: .any)
        writer.respond(.operation, .ok)
    }

    /// What the public listener answers, as an OpenAPI document.
    private func answerDocument(_ writer: inout ResponseWriter) {
        writer.body.removeAll()
        OpenAPIDocument.ofPublic.withBytes { writer.body.append($0) }
        writer.fields.append("Cache-Control", "public, max-age=60")
        writer.open(to: .any)
        writer.respond(.openAPI, .ok)
    }

    /// A browser asks whether its page may post entries (CORS preflight).
    private func answerPreflight(
        _ head: borrowing RequestParser, _ request: RawSpan, _ name: ByteRange,
        _ writer: inout ResponseWriter
    ) {
        guard let profile = entries.directory.operation(named: request.extracting(name.range))
        else {
            writer.problem(.entriesPreflight, .unknownOperation)
            return
        }
        writer.body.removeAll()
        writer.fields.append("Allow", "POST, OPTIONS")
        if profile.admitOrigin(head, request, &writer) {
            writer.fields.append("Access-Control-Allow-Methods", "POST")
            writer.fields.append(
                "Access-Control-Allow-Headers", "Authorization, Content-Type, Idempotency-Key")
            writer.fields.append("Access-Control-Max-Age", "600")
        }
        writer.respond(.entriesPreflight, .noContent, profile: profile)
    }
}

extension HTTPMethod {
    /// Methods that nothing here has, so that they are refused even where nothing is.
    var isNeverServed: Bool { self == .trace || self == .connect }
}
