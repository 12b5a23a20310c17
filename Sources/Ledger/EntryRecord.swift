package import Bytes

/// The journal's record of an accepted entry (kind 1).
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
    /// How the journal marks such a record.
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
        buffer.append(flags)
        buffer.append(UInt8(source.byteCount))
        buffer.append(littleEndian: UInt16(sealed.byteCount))
        buffer.append(littleEndian: command.operation)
        buffer.append(littleEndian: command.key)
        buffer.append(littleEndian: participant)
        buffer.append(littleEndian: entry.rawValue)
        buffer.append(littleEndian: command.participant.high)
        buffer.append(littleEndian: command.participant.low)
        if isIdempotent {
            buffer.append(littleEndian: command.idempotency.high)
            buffer.append(littleEndian: command.idempotency.low)
        }
        buffer.append(source)
        buffer.append(sealed)
    }

    /// Reads one record; the reader stands behind it afterwards.
    /// - Throws: ``EntryRecordError`` for bytes that `encode` does not write.
    package init(reading reader: inout ByteReader) throws(EntryRecordError) {
        do {
            try self.init(fieldsOf: &reader)
        } catch let error as EntryRecordError {
            throw error
        } catch {
            throw .endOfBytes
        }
    }

    private init(fieldsOf reader: inout ByteReader) throws {
        let flags: UInt8 = try reader.read()
        guard flags & ~Flag.all == 0 else { throw EntryRecordError.unknownFlags(flags) }
        let sourceLength = Int(try reader.read(UInt8.self))
        let sealedLength = Int(try reader.read(UInt16.self))
        guard sourceLength <= LedgerLimits.sourceBytes, sealedLength <= LedgerLimits.sealedBytes
        else { throw EntryRecordError.tooLong }
        let operation: UInt32 = try reader.read()
        let key: UInt32 = try reader.read()
        participant = try reader.read()
        entry = EntryNumber(rawValue: try reader.read())
        let person = Fingerprint(high: try reader.read(), low: try reader.read())
        var idempotency = Fingerprint.none
        if flags & Flag.idempotency != 0 {
            idempotency = Fingerprint(high: try reader.read(), low: try reader.read())
            guard !idempotency.isNone else { throw EntryRecordError.emptyIdempotencyKey }
        }
        command = EntryCommand(
            operation: operation, key: key, participant: person, idempotency: idempotency,
            ageConfirmed: flags & Flag.ageConfirmed != 0,
            consentsGiven: flags & Flag.consentsGiven != 0)
        source = try Self.skip(sourceLength, &reader)
        sealed = try Self.skip(sealedLength, &reader)
    }

    private static func skip(
        _ length: Int, _ reader: inout ByteReader
    ) throws(ByteReaderError) -> ByteRange {
        let start = reader.offset
        _ = try reader.read(length: length)
        return ByteRange(start..<reader.offset)
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
