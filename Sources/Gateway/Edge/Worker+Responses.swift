internal import Bytes
internal import Cryptography
internal import Ledger
internal import Sockets
internal import Wire

/// How every answer is written: one response into the outbox, one count into the instruments.
extension Worker {
    /// Writes the answer whose body is in `body` and whose further fields are in `extra`.
    mutating func respond(
        _ place: UInt32, _ route: Route, _ status: HTTPStatus,
        type: StaticString = MediaType.json, profile: OperationProfile? = nil
    ) {
        let connection = connections[place]
        let note = connection.responseContext
        if note.reader != .none { appendReader(note.reader, profile) }
        Self.write(
            status, type, usual: clock.usualFields, extra, body,
            closes: connection.closesAfterAnswer, isHead: note.isHead, into: &outbox)
        extra.removeAll()
        instruments.count(
            kind, route, status,
            nanoseconds: clock.nanoseconds &- min(connection.requestStarted, clock.nanoseconds),
            lane: number)
    }

    /// Takes the parts one by one, so that each is borrowed by itself.
    private static func write(
        _ status: HTTPStatus, _ type: StaticString, usual: borrowing ByteBuffer,
        _ extra: borrowing HeaderLines, _ body: borrowing ByteBuffer, closes: Bool, isHead: Bool,
        into outbox: inout ByteBuffer
    ) {
        outbox.append(
            response: status, usual: usual.bytes, contentType: type, headers: extra,
            body: body.bytes, closes: closes, isHead: isHead)
    }

    /// Opens the answer to the origin that asked.
    private mutating func appendReader(_ reader: BrowserReader, _ profile: OperationProfile?) {
        switch reader {
        case .none: return
        case .any: extra.append("Access-Control-Allow-Origin", "*")
        case .allowed(let index):
            guard let origins = profile?.allowedOrigins, index < origins.count else { return }
            // An origin that could not stand in a field could not have been sent in one either.
            let isAppended = origins[index].withBytes {
                extra.append("Access-Control-Allow-Origin", value: $0)
            }
            guard isAppended else { return }
            extra.append("Vary", "Origin")
        }
        extra.append("Access-Control-Expose-Headers", "Retry-After")
    }

    // MARK: Problems

    mutating func problem(
        _ place: UInt32, _ route: Route, _ problem: Problem, profile: OperationProfile? = nil
    ) {
        body.removeAll()
        body.append(UInt8(ascii: "{"))
        body.append(problem.members)
        body.append(UInt8(ascii: "}"))
        respondProblem(place, route, problem, profile)
    }

    /// Writes the problem whose members are in `body` already.
    mutating func respondProblem(
        _ place: UInt32, _ route: Route, _ problem: Problem, _ profile: OperationProfile?
    ) {
        extra.append(problem.fields)
        respond(place, route, problem.status, type: MediaType.problem, profile: profile)
    }

    mutating func refuseMethod(_ place: UInt32, _ route: Route, allow: StaticString) {
        extra.append("Allow", allow)
        problem(place, route, .notAllowed("\(allow)"))
    }

    /// The bytes are not a request; after the answer the connection ends.
    mutating func reject(_ place: UInt32, _ rejection: HTTPRejection) {
        connections[place].closesAfterAnswer = true
        connections[place].responseContext = ResponseContext(isHead: parser.method == .head)
        instruments.count(rejection, kind, lane: number)
        problem(place, .malformed, Problem(rejection))
    }
}
