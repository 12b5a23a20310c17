package import Cryptography

/// A whole batch, as it is stored and as it is read back: verified, and only for as long as it is
/// lent.
package struct LogBatch: ~Escapable {
    package let header: BatchHeader
    /// The chain value behind it.
    package let chain: SHA256Digest
    /// All of it as it is stored: header, records, padding, chain value; whole sectors.
    package let bytes: RawSpan

    /// - Precondition: the bytes are as many as the header says.
    @_lifetime(copy bytes)
    init(header: BatchHeader, chain: SHA256Digest, bytes: RawSpan) {
        precondition(bytes.byteCount == header.extentBytes, "the bytes of one batch")
        self.header = header
        self.chain = chain
        self.bytes = bytes
    }

    /// Reads a batch that somebody else has stored.
    /// - Throws: ``LogError/diverges(sequence:found:)`` where it is none, or not the one behind
    ///   `position`.
    @_lifetime(copy bytes)
    package init(
        verifying bytes: RawSpan, after position: LogPosition, _ sha: inout SHA256
    ) throws(LogError) {
        let due = position.nextSequence
        guard bytes.byteCount >= LogFormat.sectorBytes,
            let header = BatchHeader.decode(bytes.extracting(0..<LogFormat.sectorBytes), &sha),
            header.extentBytes == bytes.byteCount, header.recordCount > 0,
            header.firstSequence <= UInt64.max - UInt64(header.recordCount)
        else { throw .diverges(sequence: due, found: "is no whole batch") }
        guard header.firstSequence == due else {
            throw .diverges(
                sequence: due,
                found: "is missing: a batch begins with "
                    + "\(header.firstSequence)")
        }
        guard header.previousChain == position.chain else {
            throw .diverges(sequence: due, found: "does not continue the chain")
        }
        let end = bytes.byteCount - LogFormat.chainBytes
        let stored = SHA256Digest(bytes.extracting(end..<bytes.byteCount))
        guard sha.digest(bytes.extracting(0..<end)) == stored else {
            throw .diverges(sequence: due, found: "does not match its hash")
        }
        self.init(header: header, chain: stored, bytes: bytes)
        guard isWellFormed else {
            throw .diverges(sequence: due, found: "does not fill its batch")
        }
    }

    /// The records, one after the other.
    package var payload: RawSpan {
        @_lifetime(copy self)
        get {
            let start = LogFormat.batchHeaderBytes
            return bytes.extracting(start..<(start + Int(header.payloadBytes)))
        }
    }

    /// The place behind it.
    package var end: LogPosition {
        LogPosition(
            nextSequence: header.firstSequence + UInt64(header.recordCount), chain: chain)
    }

    /// The records in order.
    package var records: LogRecords {
        @_lifetime(copy self)
        get { LogRecords(payload, firstSequence: header.firstSequence) }
    }

    /// Whether the records fill the payload exactly and are as many as the header says.
    var isWellFormed: Bool {
        var records = records
        var count: UInt32 = 0
        while records.next() != nil { count += 1 }
        return records.isAtEnd && count == header.recordCount
    }
}

/// One record of a batch.
package struct LogRecord: ~Escapable {
    /// Its number; records count from 1, without gaps.
    package let sequence: UInt64
    /// What it means, for whoever wrote it.
    package let kind: UInt8
    package let bytes: RawSpan

    @_lifetime(copy bytes)
    init(sequence: UInt64, kind: UInt8, bytes: RawSpan) {
        self.sequence = sequence
        self.kind = kind
        self.bytes = bytes
    }
}

/// Goes through a batch's records: `while let record = records.next()`.
package struct LogRecords: ~Escapable {
    private let payload: RawSpan
    private var offset = 0
    private var sequence: UInt64

    @_lifetime(copy payload)
    init(_ payload: RawSpan, firstSequence: UInt64) {
        self.payload = payload
        sequence = firstSequence
    }

    var isAtEnd: Bool { offset == payload.byteCount }

    /// The next record; nil after the last.
    @_lifetime(copy self)
    @_lifetime(self: copy self)
    package mutating func next() -> LogRecord? {
        let start = offset + LogFormat.recordHeaderBytes
        guard start <= payload.byteCount else { return nil }
        let word = UInt32(
            littleEndian: unsafe payload.unsafeLoadUnaligned(
                fromByteOffset: offset, as: UInt32.self))
        let length = Int(word >> 8)
        guard length <= payload.byteCount - start else { return nil }
        let record = LogRecord(
            sequence: sequence, kind: UInt8(truncatingIfNeeded: word),
            bytes: payload.extracting(start..<(start + length)))
        offset = start + length
        sequence &+= 1
        return record
    }
}
