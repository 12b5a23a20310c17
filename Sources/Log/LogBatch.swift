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
