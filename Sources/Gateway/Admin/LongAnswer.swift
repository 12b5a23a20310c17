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
    /// Asked before each further piece.
    let isPermitted: @Sendable () -> Bool

    /// Bytes up to which an answer is sent whole.
    private static var shortBytes: Int { 64 << 10 }
    /// Turns of the producer before the answer begins.
    private static var firstTurns: Int { 8 }

    /// Begins the answer.
    /// - Throws: what the producer throws at its beginning, when it can still be told by a status.
    func reply(to call: AdminCall, _ control: Control) throws -> ControlReply {
        let (producer, fields) = coded(by: call.request.acceptEncoding ?? "")
        var first: [UInt8] = []
        for _ in 0..<Self.firstTurns where first.count < Self.shortBytes {
            guard let piece = try producer.next() else {
                return .content(ControlReply.Content(type: type, fields: fields, body: first))
            }
            first += piece
        }
        let (shared, request) = (control.shared, call.request)
        let path = request.path
        let stream = PacedStream(
            lane: shared.lanes[request.lane], connection: request.connection,
            executor: control.executors.long, first: first, producer: producer,
            isPermitted: isPermitted
        ) { error in
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
