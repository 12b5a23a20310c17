internal import Bytes
internal import Cryptography
internal import Time

/// The records that one sync will store: gathered, then completed by header, padding and chain
/// value. Pure: no file, no clock.
///
///     gathering ─ complete(at:) ─► completed ─ advance() ─► gathering, behind it
///         ▲                            │
///         └───── reopen(), discard() ──┘
struct Batch: ~Copyable {
    /// What stands before it; everything up to there is stored.
    private(set) var position: LogPosition
    private(set) var recordCount: UInt32 = 0
    /// The longest batch, all in, in bytes.
    private let maximumBytes: Int
    /// Room for the header, then the records; behind them, once completed, padding and chain value.
    private var buffer: ByteBuffer
    private var sha = SHA256()
    private var completion: Completion?

    private struct Completion {
        var header: BatchHeader
        var chain: SHA256Digest
    }

    init(after position: LogPosition, maximumBytes: Int) {
        self.position = position
        self.maximumBytes = maximumBytes
        buffer = ByteBuffer(capacity: maximumBytes + LogFormat.sectorBytes)
        discard()
    }

    // MARK: Gathering

    /// The number that the next record appended gets.
    var nextSequence: UInt64 { position.nextSequence + UInt64(recordCount) }

    /// Bytes that it would take if it were stored, but for rounding up to a sector; 0 if empty.
    var bytes: Int { recordCount == 0 ? 0 : buffer.count + LogFormat.chainBytes }

    /// Bytes that the next record's content may have for the batch to stay within its limit.
    var room: Int {
        maximumBytes - buffer.count - LogFormat.chainBytes - LogFormat.recordHeaderBytes
    }

    /// Appends a record whose content `fill` appends to the buffer.
    /// - Returns: the record's number.
    mutating func append(kind: UInt8, _ fill: (inout ByteBuffer) -> Void) -> UInt64 {
        let start = buffer.count
        buffer.append(littleEndian: UInt32(0))
        fill(&buffer)
        let length = buffer.count - start - LogFormat.recordHeaderBytes
        precondition(length >= 0, "a record's content is appended behind what was there")
        // A length that does not fit its 24 bits is over every batch's limit: never written.
        let word = UInt32(truncatingIfNeeded: length) << 8 | UInt32(kind)
        buffer.overwrite(littleEndian: word, at: start)
        recordCount += 1
        return nextSequence - 1
    }

    /// Appends a record with these bytes.
    /// - Returns: the record's number.
    mutating func append(kind: UInt8, _ bytes: RawSpan) -> UInt64 {
        buffer.reserve(bytes.byteCount + LogFormat.recordHeaderBytes)
        buffer.append(
            littleEndian: UInt32(truncatingIfNeeded: bytes.byteCount) << 8 | UInt32(kind))
        buffer.append(bytes)
        recordCount += 1
        return nextSequence - 1
    }

    /// Forgets the records.
    mutating func discard() {
        completion = nil
        buffer.removeAll()
        buffer.append(zeros: LogFormat.batchHeaderBytes)
        recordCount = 0
    }

    // MARK: Completing

    /// Makes the bytes that are stored.
    /// - Throws: ``LogError/batchTooLarge(bytes:limit:)``; then nothing has changed.
    mutating func complete(at time: Timestamp) throws(LogError) {
        precondition(completion == nil && recordCount > 0, "records are gathered, then completed")
        let payloadBytes = buffer.count - LogFormat.batchHeaderBytes
        let extent = LogFormat.extent(payloadBytes: payloadBytes)
        guard extent <= maximumBytes else {
            throw .batchTooLarge(bytes: extent, limit: maximumBytes)
        }
        let header = BatchHeader(
            firstSequence: position.nextSequence, recordCount: recordCount,
            payloadBytes: UInt32(payloadBytes), time: time, previousChain: position.chain)
        completion = Completion(header: header, chain: header.complete(&buffer, &sha))
    }

    /// What ``complete(at:)`` has made.
    var completed: LogBatch {
        @_lifetime(borrow self)
        get {
            guard let completion else { preconditionFailure("the batch was completed") }
            return LogBatch(
                header: completion.header, chain: completion.chain, bytes: buffer.bytes)
        }
    }

    /// Takes header, padding and chain value off again: the records are kept.
    mutating func reopen() {
        guard let completion else { return }
        buffer.truncate(
            to: LogFormat.batchHeaderBytes + Int(completion.header.payloadBytes))
        self.completion = nil
    }

    /// The completed batch is stored: goes on behind it.
    mutating func advance() {
        guard let completion else { preconditionFailure("the batch was completed") }
        position = LogPosition(nextSequence: nextSequence, chain: completion.chain)
        discard()
    }

    /// Goes on behind a batch that somebody else has stored.
    mutating func advance(to position: LogPosition) {
        precondition(recordCount == 0, "no records are gathered")
        self.position = position
    }
}
