internal import Bytes
internal import Synchronization
internal import Wire

/// What a connection is answered that is one more than there may be: written once, because it is
/// sent most when there is least time; several times, so that those who are refused together do not
/// come back together.
enum TooManyConnections {
    private static let answers = ListenerKind.allCases.map { kind in
        (1...retries).map { answer(kind, retryAfterSeconds: UInt64($0)) }
    }
    private static let turn = Atomic<Int>(0)

    /// Different `Retry-After`, from 1 second on.
    static var retries: Int { 5 }

    /// One of the answers, in turn.
    static func next(_ kind: ListenerKind) -> [UInt8] {
        let number = turn.wrappingAdd(1, ordering: .relaxed).newValue
        return answers[kind.rawValue][Int(UInt(bitPattern: number) % UInt(retries))]
    }

    private static func answer(_ kind: ListenerKind, retryAfterSeconds: UInt64) -> [UInt8] {
        let problem = Problem.tooManyConnections
        var body = ByteBuffer(capacity: 256)
        body.append(UInt8(ascii: "{"))
        body.append(problem.members)
        body.append(",\"retry_after\":" as StaticString)
        body.append(seconds: retryAfterSeconds * 1_000)
        body.append(UInt8(ascii: "}"))
        var fields = HeaderLines(capacity: 256)
        fields.append(problem.fields)
        fields.append("Retry-After", retryAfterSeconds)
        if kind == .public { fields.append(OpenAnswer.lines(toAny: true)) }
        var answer = ByteBuffer(capacity: 1_024)
        answer.append(
            response: problem.status, usual: RawSpan(), contentType: MediaType.problem,
            headers: fields, body: body.bytes, closes: true, isHead: false)
        return answer.bytes.array
    }
}
