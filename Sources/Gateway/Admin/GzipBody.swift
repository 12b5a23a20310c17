internal import Bytes
internal import Exposition
internal import Synchronization

/// A long answer's body as one gzip member (RFC 1952), piece by piece.
final class GzipBody: BodyProducer {
    private let producer: any BodyProducer
    private let state: Mutex<State>

    private struct State: ~Copyable {
        var gzip: Gzip
        var isEnded = false

        init(_ gzip: consuming Gzip) {
            self.gzip = gzip
        }
    }

    /// - Throws: ``GzipError`` where zlib has no memory.
    init(_ producer: any BodyProducer) throws(GzipError) {
        self.producer = producer
        var gzip = try Gzip()
        try gzip.begin()
        state = Mutex(State(gzip))
    }

    func next() throws -> [UInt8]? {
        if state.withLock({ $0.isEnded }) { return nil }
        let piece = try producer.next()
        if piece?.isEmpty == true { return [] }
        var input = ByteBuffer(capacity: piece?.count ?? 0)
        piece?.withBytes { input.append($0) }
        var output = ByteBuffer(capacity: 16 << 10)
        try state.withLock { state in
            state.isEnded = piece == nil
            try state.gzip.append(input.bytes, isLast: piece == nil, into: &output)
        }
        return output.bytes.array
    }
}
