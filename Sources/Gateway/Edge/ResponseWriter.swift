internal import Bytes
internal import Sockets
internal import Time
internal import Wire

/// How every answer is written: one response into the outbox, one count into the instruments. It
/// knows neither connections nor sockets: whoever has a request's answer writes it here.
///
/// ``begin(_:isLast:startedAt:)`` says what the answer is to; then ``body`` and ``fields`` are
/// filled, and ``respond(_:_:type:profile:)`` or one of its like writes it.
struct ResponseWriter: ~Copyable {
    /// Answers of the connection in hand that have not been sent.
    private(set) var outbox = ByteBuffer(capacity: Self.outboxBytes)
    /// The body that goes behind the outbox, of an answer too long to be copied; empty without one.
    private(set) var longBody: [UInt8] = []
    /// The body of the answer in hand.
    var body = ByteBuffer(capacity: 16 << 10)
    /// Its fields beside the usual ones.
    var fields = HeaderLines()
    /// What it is to.
    private(set) var context = ResponseContext()
    /// It is its connection's last.
    private(set) var isLast = false
    private var startedAt: UInt64 = 0
    /// The operation that the request names with a valid key: the service says it.
    var operation = ConnectionState.noOperation
    /// How long the request's bytes lay in the kernel before they were read.
    var unreadNanoseconds: UInt64 = 0

    /// When the turn began.
    private(set) var time = LoopTime.read()
    /// The fields that every answer has, written again when the second of their date changes.
    private var usualFields = ByteBuffer(capacity: 128)
    private var usualSecond: Int64 = -1
    private var heads = PreparedHeads()
    /// What opens an answer to any page, and to one that is named.
    private let openToAny = OpenAnswer.lines(toAny: true)
    private let openToNamed = OpenAnswer.lines(toAny: false)
    private var spread = RetrySpread()

    private let instruments: Instruments
    /// `instruments`' own, at hand for each entry.
    private let operations: OperationMeter
    private let kind: ListenerKind
    /// The loop's shard of every counter.
    private let lane: Int

    /// Bytes of answers that are gathered for one connection before they are sent.
    static var outboxBytes: Int { 64 << 10 }

    init(_ instruments: Instruments, _ kind: ListenerKind, lane: Int) {
        self.instruments = instruments
        operations = instruments.operations
        self.kind = kind
        self.lane = lane
        advance(to: time)
    }

    /// A turn begins.
    mutating func advance(to time: LoopTime) {
        self.time = time
        let second = time.now.milliseconds / 1_000
        guard second != usualSecond else { return }
        usualSecond = second
        usualFields.removeAll()
        usualFields.append(usualFields: time.now)
        heads.removeAll()
    }

    // MARK: The outbox

    var isEmpty: Bool { outbox.count == 0 }

    /// So much is gathered that it is sent before more is written.
    var isFull: Bool { outbox.count >= Self.outboxBytes || !longBody.isEmpty }

    /// The outbox has been sent, or kept.
    mutating func removeAll() {
        outbox.removeAll()
        longBody = []
    }

    // MARK: Answers

    /// What the next answer is to.
    /// - Parameter startedAt: when its request began, in nanoseconds of the monotonic clock.
    mutating func begin(_ context: ResponseContext, isLast: Bool, startedAt: UInt64) {
        self.context = context
        self.isLast = isLast
        self.startedAt = startedAt
        operation = ConnectionState.noOperation
        unreadNanoseconds = 0
    }

    /// The answer in hand is its connection's last. To be called before it is written.
    mutating func makeLast() { isLast = true }

    /// Which origin the answer in hand names.
    mutating func open(to reader: BrowserReader) { context.reader = reader }

    /// Writes the answer whose body is in `body` and whose further fields are in `fields`.
    mutating func respond(
        _ route: Route, _ status: HTTPStatus, _ type: PreparedHeads.ContentType = .json,
        profile: OperationProfile? = nil
    ) {
        guard !status.isBodiless else {
            respond(route, status, type: type.text, profile: profile)
            return
        }
        if kind == .public { appendReader(profile) }
        let head = heads.range(of: status, type, usual: usualFields)
        Self.write(
            heads, head, fields, body, closes: isLast, isHead: context.isHead, into: &outbox)
        fields.removeAll()
        count(route, status, profile)
    }

    /// The same for a body of any type.
    mutating func respond(
        _ route: Route, _ status: HTTPStatus, type: StaticString, profile: OperationProfile? = nil
    ) {
        if kind == .public { appendReader(profile) }
        Self.write(
            status, type, usual: usualFields, fields, body, closes: isLast,
            isHead: context.isHead, into: &outbox)
        fields.removeAll()
        count(route, status, profile)
    }

    /// The same for a body that need not be copied to be sent. Nothing is written behind it before
    /// it is sent, or kept: ``isFull``.
    mutating func respond(
        _ route: Route, _ status: HTTPStatus, type: StaticString, long body: [UInt8]
    ) {
        if kind == .public { appendReader(nil) }
        Self.writeHead(
            status, type, usual: usualFields, fields, bodyBytes: body.count, closes: isLast,
            into: &outbox)
        fields.removeAll()
        if !context.isHead { longBody = body }
        count(route, status)
    }

    /// Takes the parts one by one, so that each is borrowed by itself.
    private static func writeHead(
        _ status: HTTPStatus, _ type: StaticString, usual: borrowing ByteBuffer,
        _ fields: borrowing HeaderLines, bodyBytes: Int, closes: Bool,
        into outbox: inout ByteBuffer
    ) {
        outbox.append(
            headOf: status, usual: usual.bytes, contentType: type, headers: fields,
            bodyBytes: bodyBytes, closes: closes)
    }

    /// Takes the parts one by one, so that each is borrowed by itself.
    private static func write(
        _ heads: borrowing PreparedHeads, _ head: Range<Int>, _ fields: borrowing HeaderLines,
        _ body: borrowing ByteBuffer, closes: Bool, isHead: Bool, into outbox: inout ByteBuffer
    ) {
        outbox.append(
            prepared: heads.bytes.extracting(head), headers: fields, body: body.bytes,
            closes: closes, isHead: isHead)
    }

    private static func write(
        _ status: HTTPStatus, _ type: StaticString, usual: borrowing ByteBuffer,
        _ fields: borrowing HeaderLines, _ body: borrowing ByteBuffer, closes: Bool, isHead: Bool,
        into outbox: inout ByteBuffer
    ) {
        outbox.append(
            response: status, usual: usual.bytes, contentType: type, headers: fields,
            body: body.bytes, closes: closes, isHead: isHead)
    }

    private func count(
        _ route: Route, _ status: HTTPStatus, _ profile: OperationProfile? = nil
    ) {
        let nanoseconds = time.nanoseconds &- min(startedAt, time.nanoseconds)
        instruments.count(kind, route, status, nanoseconds: nanoseconds, lane: lane)
        // A pattern, not `==`: cheaper where each entry is counted.
        if let profile, case .entries = route {
            operations.recordAnswer(nanoseconds: nanoseconds, of: profile.index, lane: lane)
        }
    }

    /// Opens the answer to a page where one asked: to its origin, where the operation names it.
    private mutating func appendReader(_ profile: OperationProfile?) {
        let origins = profile?.allowedOrigins
        // A cache keeps what a server was answered apart from what a page was.
        if origins != nil || context.isRead { fields.append("Vary", "Origin") }
        switch context.reader {
        case .absent: return
        case .any: fields.append(openToAny)
        case .allowed(let index):
            // An origin that could not stand in a field could not have been sent in one either.
            if let origins, index < origins.count,
                origins[index].withBytes({
                    fields.append("Access-Control-Allow-Origin", value: $0)
                })
            {
                fields.append(openToNamed)
            } else {
                fields.append(openToAny)
            }
        }
    }

    /// Tells a client that waits for it to send its body (RFC 9110, 10.1.1).
    mutating func append100Continue() { outbox.append100Continue() }

    /// Writes what was written before, as it is.
    mutating func append(_ answer: [UInt8]) { answer.withBytes { outbox.append($0) } }

    // MARK: Problems

    mutating func problem(_ route: Route, _ problem: Problem, profile: OperationProfile? = nil) {
        body.removeAll()
        body.append(UInt8(ascii: "{"))
        body.append(problem.members)
        appendRetry(of: problem)
        body.append(UInt8(ascii: "}"))
        respond(route, problem, profile)
    }

    /// `Retry-After`, and `retry_after` as the next member of the body, where it is worth trying
    /// again: for each client another moment.
    mutating func appendRetry(of problem: Problem) {
        guard let seconds = problem.retryAfterSeconds else { return }
        let milliseconds = appendRetry(afterMilliseconds: Int64(seconds) * 1_000)
        body.append(",\"retry_after\":" as StaticString)
        body.append(seconds: milliseconds)
    }

    /// `Retry-After` of a client that may come back when this many milliseconds are over.
    mutating func appendRetry(untilMilliseconds wait: Int64) {
        appendRetry(milliseconds: spread.milliseconds(until: wait))
    }

    /// `Retry-After` of a client that may come back some time after this pause.
    /// - Returns: the milliseconds that it says, rounded up to seconds in the field.
    @discardableResult
    mutating func appendRetry(afterMilliseconds wait: Int64) -> UInt64 {
        // Those who operate a gateway are no crowd.
        let milliseconds = kind == .public ? spread.milliseconds(after: wait) : UInt64(wait)
        appendRetry(milliseconds: milliseconds)
        return milliseconds
    }

    /// `Retry-After` as it was found, rounded up to seconds.
    mutating func appendRetry(milliseconds: UInt64) {
        fields.append("Retry-After", (milliseconds + 999) / 1_000)
    }

    /// Writes the problem whose members are in `body` already.
    mutating func respond(_ route: Route, _ problem: Problem, _ profile: OperationProfile?) {
        fields.append(problem.fields)
        respond(route, problem.status, .problem, profile: profile)
    }

    mutating func refuseMethod(_ route: Route, allow: StaticString) {
        fields.append("Allow", allow)
        problem(route, .notAllowed("\(allow)"))
    }

    /// The bytes are not a request.
    mutating func reject(_ rejection: HTTPRejection) {
        instruments.count(rejection, kind, lane: lane)
        problem(.malformed, Problem(rejection))
    }

    // MARK: Streams

    /// Writes the head of an answer whose body goes out piece by piece. It is its connection's
    /// last: a stream has no length, and seldom an end.
    /// - Parameter closes: false for HEAD, which has no body.
    mutating func beginStream(_ route: Route, type: StaticString, closes: Bool = true) {
        Self.writeHead(
            type, usual: usualFields, fields, context.framing, closes: closes, into: &outbox)
        fields.removeAll()
        count(route, .ok)
    }

    private static func writeHead(
        _ type: StaticString, usual: borrowing ByteBuffer, _ fields: borrowing HeaderLines,
        _ framing: StreamFraming, closes: Bool, into outbox: inout ByteBuffer
    ) {
        outbox.append(
            streamHead: .ok, usual: usual.bytes, contentType: type, headers: fields,
            framing: framing, closes: closes)
    }

    /// Writes a piece of a streamed body.
    mutating func append(piece: RawSpan, _ framing: StreamFraming) {
        if framing == .chunked { outbox.append(chunk: piece) } else { outbox.append(piece) }
    }

    /// Writes what tells the peer that a streamed body is whole.
    mutating func endStream(_ framing: StreamFraming) {
        if framing == .chunked { outbox.appendLastChunk() }
    }
}

/// The small answers that both listeners give.
extension ResponseWriter {
    /// The process turns over: that this answer is written says it.
    mutating func respondHealth() {
        body.removeAll()
        body.append("{\"status\":\"ok\"}" as StaticString)
        respond(.health, .ok)
    }

    /// Whether entries can be accepted, and why not.
    mutating func respondReadiness(_ reasons: [String]) {
        body.removeAll()
        body.append(reasons.isEmpty ? "{\"status\":\"ready\"" : "{\"status\":\"unready\"")
        body.append(",\"reasons\":[" as StaticString)
        for (index, reason) in reasons.enumerated() {
            if index > 0 { body.append(ASCII.comma) }
            body.append(jsonString: reason)
        }
        body.append("]}" as StaticString)
        respond(.readiness, reasons.isEmpty ? .ok : .serviceUnavailable)
    }

    /// `OPTIONS *`: what the listener as a whole takes (RFC 9110, 9.3.7).
    mutating func respondOptions(allow: StaticString) {
        body.removeAll()
        fields.append("Allow", allow)
        respond(.none, .noContent)
    }

    /// Whether the method only reads; answers 405 where it does not.
    mutating func isRead(_ method: HTTPMethod, _ route: Route) -> Bool {
        if method == .get || method == .head { return true }
        refuseMethod(route, allow: "GET, HEAD")
        return false
    }
}
