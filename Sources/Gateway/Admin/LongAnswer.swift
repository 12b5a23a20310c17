internal import Bytes
internal import Exposition
internal import Logging
internal import Synchronization
internal import Wire

/// An answer that may be long. One that is short is sent whole, with its length, and its connection
/// goes on; of a long one the loop takes piece by piece (``PacedStream``).
struct LongAnswer {
    var type: StaticString
    var fields: [(StaticString, StaticString)] = []
    /// What of the request it depends on.
    var vary: StaticString = "Accept-Encoding"
    let producer: any BodyProducer
    /// Whose thread makes the pieces; nil: that of all long answers.
    var executor: ControlExecutor?
    /// Bytes up to which it is sent whole.
    var wholeBytes = 64 << 10
    /// Asked before each further piece.
    let isPermitted: @Sendable () -> Bool

    /// Why an answer ends whose reader takes longer than its body has a meaning.
    struct TakenTooSlowly: Error {}

    /// Turns of the producer before the answer begins.
    private static var firstTurns: Int { 8 }

    /// Begins the answer.
    /// - Throws: what the producer throws at its beginning, when it can still be told by a status.
    func reply(to call: AdminCall, _ control: Control) throws -> ControlReply {
        let (producer, fields) = coded(by: call.request.acceptEncoding ?? "")
        var made: [[UInt8]] = []
        var count = 0
        for _ in 0..<Self.firstTurns where count < wholeBytes {
            guard let piece = try producer.next() else {
                let body = made.reduce(into: [UInt8]()) { $0 += $1 }
                return .content(ControlReply.Content(type: type, fields: fields, body: body))
            }
            made.append(piece)
            count += piece.count
        }
        let begun = BegunBody(made, producer)
        let (shared, request) = (control.shared, call.request)
        let path = request.path
        let stream = PacedStream(
            lane: shared.lanes[request.lane], connection: request.connection,
            executor: executor ?? control.executors.long, first: try begun.next() ?? [],
            producer: begun, isPermitted: isPermitted
        ) { error in
            if error is TakenTooSlowly {
                shared.logger.notice(
                    "cut a long answer: its reader takes too long", metadata: ["path": "\(path)"])
                return
            }
            if error is PacedStream.NoLongerPermitted {
                shared.logger.notice(
                    "cut a long answer: its token or its operation is gone",
                    metadata: ["path": "\(path)"])
                return
            }
            shared.logger.error(
                "cannot finish a long answer; its reader sees that it is cut",
                metadata: ["path": "\(path)", "error": "\(error)"])
        }
        return .streamed(
            ControlReply.StreamedContent(type: type, fields: fields, stream: stream))
    }

    /// The body in the coding that the client asks for; as it is where zlib has no memory.
    private func coded(
        by acceptEncoding: String
    ) -> (any BodyProducer, [(StaticString, StaticString)]) {
        let varied = fields + [("Vary", vary)]
        let wantsGzip = acceptEncoding.withBytes { AcceptNegotiation.wantsGzip(acceptEncoding: $0) }
        // Whatever zlib lacks, the body itself is as good.
        guard wantsGzip, let body = try? GzipBody(producer) else { return (producer, varied) }
        return (body, varied + [("Content-Encoding", "gzip")])
    }
}
