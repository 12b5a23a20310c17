package import Bytes

/// The log's record of an accepted entry (kind 1), version 2.
///
/// Integers are little-endian, all fields unaligned and without gaps:
///
///     bytes  0      version: 2
///            1      flags: 1 age confirmed, 2 consents given, 4 idempotency key present
///            2      length of the source, 0...64
///            3      what it counts as: 0 a participant, 1 a robot, 2 a test
///            4...5  length of the extensions, 0...3072
///            6...7  length of the sealed bytes, 0...12288
///            8...11 operation, index in order of creation
///           12...15 front-end key, index in order of creation
///           16...19 participant's number in the operation; 0 for a robot and a test
///           20...27 entry's number
///           28...43 participant's fingerprint, high word first
///           44...51 leaf of the operation's key tree, less than 2⁴⁸
///           52...59 idempotency key's fingerprint; only with flag 4
///           60...67 fingerprint of what was asked under it; only with flag 4
///           then    extensions: ``EntryExtensions``
///           then    source: the campaign tag, UTF-8
///           then    sealed: what the person gave, under the leaf's key
@usableFromInline
package struct EntryRecord: Equatable, Sendable, BitwiseCopyable {
    /// How the log marks such a record.
    @inlinable package static var kind: UInt8 { 1 }
    /// The first byte of each: bytes of another version are refused, not guessed at.
    package static var version: UInt8 { 2 }

    package var command: EntryCommand
    package var entry: EntryNumber
    /// The person's number in the operation; 0 where it counts as no participant.
    package var participant: UInt32
    /// Where the extensions lie in the span that was read; empty if there are none.
    package var extensions: ByteRange
    /// Where the campaign tag lies in the span that was read; empty if there is none.
    package var source: ByteRange
    /// Where the sealed bytes lie in the span that was read.
    package var sealed: ByteRange

    /// Bytes of a record without idempotency key, extensions, source and seal.
    @inlinable package static var fixedBytes: Int { 52 }
    /// Bytes of the longest record.
    @inlinable package static var maximumBytes: Int {
        fixedBytes + 16 + LedgerLimits.extensionBytes + LedgerLimits.sourceBytes
            + LedgerLimits.sealedBytes
    }

    private enum Flag {
        static var ageConfirmed: UInt8 { 1 }
        static var consentsGiven: UInt8 { 2 }
        static var idempotency: UInt8 { 4 }
        static var all: UInt8 { 7 }
    }

    /// Appends the record of an entry that was accepted with these numbers.
    /// - Parameter extensions: as ``EntryExtensions`` reads them, with the solved challenge where
    ///   there is one.
    /// - Precondition: the parts are within ``LedgerLimits``; the worker saw to it.
    package static func encode(
        _ command: EntryCommand, entry: EntryNumber, participant: UInt32,
        extensions: RawSpan = RawSpan(), source: RawSpan, sealed: RawSpan,
        into buffer: inout ByteBuffer
    ) {
        precondition(
            extensions.byteCount <= LedgerLimits.extensionBytes, "extensions are 3 KiB at most")
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
            unsafe room.storeBytes(of: version, toByteOffset: 0, as: UInt8.self)
            unsafe room.storeBytes(of: flags, toByteOffset: 1, as: UInt8.self)
            unsafe room.storeBytes(of: UInt8(source.byteCount), toByteOffset: 2, as: UInt8.self)
            unsafe room.storeBytes(
                of: command.countedAs.rawValue, toByteOffset: 3, as: UInt8.self)
            unsafe room.store(UInt16(extensions.byteCount), at: 4)
            unsafe room.store(UInt16(sealed.byteCount), at: 6)
            unsafe room.store(command.operation, at: 8)
            unsafe room.store(command.key, at: 12)
            unsafe room.store(participant, at: 16)
            unsafe room.store(entry.rawValue, at: 20)
            unsafe room.store(command.participant.high, at: 28)
            unsafe room.store(command.participant.low, at: 36)
            unsafe room.store(command.leaf, at: 44)
            if isIdempotent {
                unsafe room.store(command.idempotency.high, at: 52)
                unsafe room.store(command.idempotency.low, at: 60)
            }
            return head
        }
        buffer.append(extensions)
        buffer.append(source)
        buffer.append(sealed)
    }

    /// Reads one record; the reader stands behind it afterwards.
    /// - Throws: ``EntryRecordError`` for bytes that `encode` does not write.
    package init(reading reader: inout ByteReader) throws(EntryRecordError) {
        let head = try Self.take(Self.fixedBytes, of: &reader)
        guard head[0] == Self.version else { throw .unknownVersion(head[0]) }
        let flags = head[1]
        guard flags & ~Flag.all == 0 else { throw .unknownFlags(flags) }
        guard let countedAs = CountedAs(rawValue: head[3]) else { throw .unknownFlags(head[3]) }
        let sourceLength = Int(head[2])
        let extensionsLength = Int(head.load(UInt16.self, at: 4))
        let sealedLength = Int(head.load(UInt16.self, at: 6))
        guard sourceLength <= LedgerLimits.sourceBytes, sealedLength <= LedgerLimits.sealedBytes,
            extensionsLength <= LedgerLimits.extensionBytes
        else { throw .tooLong }
        let leaf = head.load(UInt64.self, at: 44)
        guard leaf < LedgerLimits.leaves else { throw .leafOutOfRange(leaf) }
        var idempotency = Fingerprint.none
        if flags & Flag.idempotency != 0 {
            let key = try Self.take(16, of: &reader)
            idempotency = Fingerprint(
                high: key.load(UInt64.self, at: 0), low: key.load(UInt64.self, at: 8))
            guard !idempotency.isNone else { throw .emptyIdempotencyKey }
        }
        command = EntryCommand(
            operation: head.load(UInt32.self, at: 8), key: head.load(UInt32.self, at: 12),
            participant: Fingerprint(
                high: head.load(UInt64.self, at: 28), low: head.load(UInt64.self, at: 36)),
            idempotency: idempotency, ageConfirmed: flags & Flag.ageConfirmed != 0,
            consentsGiven: flags & Flag.consentsGiven != 0, leaf: leaf, countedAs: countedAs)
        participant = head.load(UInt32.self, at: 16)
        entry = EntryNumber(rawValue: head.load(UInt64.self, at: 20))
        extensions = ByteRange(reader.offset..<(reader.offset + extensionsLength))
        let items = try Self.take(extensionsLength, of: &reader)
        if extensionsLength > 0 { try EntryExtensions.read(items, into: &command) }
        guard (command.countedAs == .test) == command.isTest else { throw .malformedExtensions }
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
        if bytes[1] & Flag.idempotency != 0, bytes.byteCount >= fixedBytes + 16 {
            idempotency = Fingerprint(
                high: bytes.load(UInt64.self, at: 52), low: bytes.load(UInt64.self, at: 60))
        }
        let participant = Fingerprint(
            high: bytes.load(UInt64.self, at: 28), low: bytes.load(UInt64.self, at: 36))
        return (bytes.load(UInt32.self, at: 8), participant, idempotency)
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
    /// Written by another version of the format.
    case unknownVersion(UInt8)
    /// A record is followed by something that belongs to none.
    case trailingBytes
    case unknownFlags(UInt8)
    /// A length beyond ``LedgerLimits``.
    case tooLong
    /// The flag says that there is a key, and it is zero.
    case emptyIdempotencyKey
    /// No tree has such a leaf.
    case leafOutOfRange(UInt64)
    /// Tags do not ascend, or a length goes beyond the extensions' end.
    case malformedExtensions
    /// An extension that has to be understood, and is not.
    case unknownExtension(UInt8)
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
