package import Bytes

/// The log's record of an accepted entry (kind 1).
///
/// Integers are little-endian, all fields unaligned and without gaps:
///
///     bytes  0      flags: 1 age confirmed, 2 consents given, 4 idempotency key present
///            1      length of the source, 0...64
///            2...3  length of the sealed bytes, 0...12288
///            4...7  operation, index in order of creation
///            8...11 front-end key, index in order of creation
///           12...15 participant's number in the operation
///           16...23 entry's number
///           24...39 participant's fingerprint, high word first
///           40...55 idempotency key's fingerprint, high word first; only with flag 4
///           then    source: the campaign tag, UTF-8
///           then    sealed: what the person gave, under the operation's data key
package struct EntryRecord: Equatable, Sendable, BitwiseCopyable {
    /// How the log marks such a record.
    package static var kind: UInt8 { 1 }

    package var command: EntryCommand
    package var entry: EntryNumber
    /// The person's number in the operation.
    package var participant: UInt32
    /// Where the campaign tag lies in the span that was read; empty if there is none.
    package var source: ByteRange
    /// Where the sealed bytes lie in the span that was read.
    package var sealed: ByteRange

    /// Bytes of a record without source, seal and idempotency key.
    package static var fixedBytes: Int { 40 }
    /// Bytes of the longest record.
    package static var maximumBytes: Int {
        fixedBytes + 16 + LedgerLimits.sourceBytes + LedgerLimits.sealedBytes
    }

    private enum Flag {
        static var ageConfirmed: UInt8 { 1 }
        static var consentsGiven: UInt8 { 2 }
        static var idempotency: UInt8 { 4 }
        static var all: UInt8 { 7 }
    }

    /// Appends the record of an entry that was accepted with these numbers.
    /// - Precondition: source and sealed bytes are within ``LedgerLimits``; the worker saw to it.
    package static func encode(
        _ command: EntryCommand, entry: EntryNumber, participant: UInt32, source: RawSpan,
        sealed: RawSpan, into buffer: inout ByteBuffer
    ) {
        precondition(source.byteCount <= LedgerLimits.sourceBytes, "a source is 64 bytes at most")
        precondition(sealed.byteCount <= LedgerLimits.sealedBytes, "a seal is 12 KiB at most")
        let isIdempotent = !command.idempotency.isNone
        var flags: UInt8 = 0
        if command.ageConfirmed { flags |= Flag.ageConfirmed }
        if command.consentsGiven { flags |= Flag.consentsGiven }
        if isIdempotent { flags |= Flag.idempotency }
        let head = fixedBytes + (isIdempotent ? 16 : 0)
        // Unsafe: all offsets are within the `head` bytes that the buffer offers.
        unsafe buffer.append(maximum: head) { room in
            unsafe room.storeBytes(of: flags, toByteOffset: 0, as: UInt8.self)
            unsafe room.storeBytes(of: UInt8(source.byteCount), toByteOffset: 1, as: UInt8.self)
            unsafe room.store(UInt16(sealed.byteCount), at: 2)
            unsafe room.store(command.operation, at: 4)
            unsafe room.store(command.key, at: 8)
            unsafe room.store(participant, at: 12)
            unsafe room.store(entry.rawValue, at: 16)
            unsafe room.store(command.participant.high, at: 24)
            unsafe room.store(command.participant.low, at: 32)
            if isIdempotent {
                unsafe room.store(command.idempotency.high, at: 40)
                unsafe room.store(command.idempotency.low, at: 48)
            }
            return head
        }
        buffer.append(source)
        buffer.append(sealed)
    }

    /// Reads one record; the reader stands behind it afterwards.
    /// - Throws: ``EntryRecordError`` for bytes that `encode` does not write.
    package init(reading reader: inout ByteReader) throws(EntryRecordError) {
        let head = try Self.take(Self.fixedBytes, of: &reader)
        let flags = head[0]
        guard flags & ~Flag.all == 0 else { throw .unknownFlags(flags) }
        let sourceLength = Int(head[1])
        let sealedLength = Int(head.load(UInt16.self, at: 2))
        guard sourceLength <= LedgerLimits.sourceBytes, sealedLength <= LedgerLimits.sealedBytes
        else { throw .tooLong }
        var idempotency = Fingerprint.none
        if flags & Flag.idempotency != 0 {
            let key = try Self.take(16, of: &reader)
            idempotency = Fingerprint(
                high: key.load(UInt64.self, at: 0), low: key.load(UInt64.self, at: 8))
            guard !idempotency.isNone else { throw .emptyIdempotencyKey }
        }
        command = EntryCommand(
            operation: head.load(UInt32.self, at: 4), key: head.load(UInt32.self, at: 8),
            participant: Fingerprint(
                high: head.load(UInt64.self, at: 24), low: head.load(UInt64.self, at: 32)),
            idempotency: idempotency, ageConfirmed: flags & Flag.ageConfirmed != 0,
            consentsGiven: flags & Flag.consentsGiven != 0)
        participant = head.load(UInt32.self, at: 12)
        entry = EntryNumber(rawValue: head.load(UInt64.self, at: 16))
        source = ByteRange(reader.offset..<(reader.offset + sourceLength))
        _ = try Self.take(sourceLength, of: &reader)
        sealed = ByteRange(reader.offset..<(reader.offset + sealedLength))
        _ = try Self.take(sealedLength, of: &reader)
    }

    /// Reads a record that takes up all of the bytes.
    /// - Throws: ``EntryRecordError``.
    init(whole bytes: RawSpan) throws(EntryRecordError) {
        var reader = ByteReader(bytes)
        try self.init(reading: &reader)
        guard reader.remaining == 0 else { throw .trailingBytes }
    }

    /// What a record says of the tables' keys, unchecked; `nil` if it is too short to say it.
    static func keys(
        in bytes: RawSpan
    ) -> (operation: UInt32, participant: Fingerprint, idempotency: Fingerprint)? {
        guard bytes.byteCount >= fixedBytes else { return nil }
        var idempotency = Fingerprint.none
        if bytes[0] & Flag.idempotency != 0, bytes.byteCount >= fixedBytes + 16 {
            idempotency = Fingerprint(
                high: bytes.load(UInt64.self, at: 40), low: bytes.load(UInt64.self, at: 48))
        }
        let participant = Fingerprint(
            high: bytes.load(UInt64.self, at: 24), low: bytes.load(UInt64.self, at: 32))
        return (bytes.load(UInt32.self, at: 4), participant, idempotency)
    }

    @_lifetime(copy reader)
    @_lifetime(reader: copy reader)
    private static func take(
        _ length: Int, of reader: inout ByteReader
    ) throws(EntryRecordError) -> RawSpan {
        do { return try reader.read(length: length) } catch { throw .endOfBytes }
    }
}

/// Why bytes are not an ``EntryRecord``.
package enum EntryRecordError: Error, Equatable {
    case endOfBytes
    /// A record is followed by something that belongs to none.
    case trailingBytes
    case unknownFlags(UInt8)
    /// A length beyond ``LedgerLimits``.
    case tooLong
    /// The flag says that there is a key, and it is zero.
    case emptyIdempotencyKey
}

// Whole fields at a time, in this module: a generic read across modules is called, not specialised,
// and ten of them cost more than the search in the table.

extension RawSpan {
    /// Reads an integer, least significant byte first.
    @inline(__always)
    fileprivate func load<Value: FixedWidthInteger & BitwiseCopyable>(
        _ type: Value.Type, at offset: Int
    ) -> Value {
        // Unsafe: every bit pattern is an integer; the bounds are checked.
        Value(littleEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: type))
    }
}

extension UnsafeMutableRawBufferPointer {
    /// Writes an integer, least significant byte first.
    @inline(__always)
    fileprivate func store<Value: FixedWidthInteger & BitwiseCopyable>(
        _ value: Value, at offset: Int
    ) {
        unsafe storeBytes(of: value.littleEndian, toByteOffset: offset, as: Value.self)
    }
}
