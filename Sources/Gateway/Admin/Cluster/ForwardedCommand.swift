internal import Bytes
internal import Cryptography
internal import Foundation
internal import Ledger

/// A change as the node that was asked for it sends it to its leader: little-endian fields, then
/// the record's bytes as the log keeps them. So there is one text of a command.
///
/// Without a record it asks only how far the leader's log is.
struct ForwardedCommand: Equatable, Sendable {
    /// Comes back with what came of it.
    let number: UInt64
    /// The digest of the token that it was asked with; nil for one that is a node's own.
    let token: SHA256Digest?
    /// See ``ExpectedOperation``.
    let index: UInt32?
    let entries: UInt64?
    /// As JSON; empty for any.
    let settings: [UInt8]
    let record: [UInt8]

    private enum Flag {
        static var index: UInt8 { 1 }
        static var entries: UInt8 { 2 }
        static var token: UInt8 { 4 }
        static var all: UInt8 { 7 }
    }

    /// - Throws: what the encoder throws for settings that cannot be written.
    init(
        number: UInt64, record: [UInt8], token: SHA256Digest? = nil,
        expecting expected: ExpectedOperation? = nil
    ) throws {
        self.number = number
        self.token = token
        self.record = record
        index = expected?.index
        entries = expected?.entries
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        settings = try expected?.settings.map { [UInt8](try encoder.encode($0)) } ?? []
    }

    /// - Returns: nil where the bytes are none that ``append(to:)`` writes. The record, and the
    ///   settings, are not looked into.
    init?(_ payload: RawSpan) {
        var reader = ByteReader(payload)
        do {
            number = try reader.read()
            let flags: UInt8 = try reader.read()
            let (index, entries) = (try reader.read(UInt32.self), try reader.read(UInt64.self))
            token =
                flags & Flag.token != 0
                ? SHA256Digest(try reader.read(length: SHA256Digest.byteCount)) : nil
            settings = try reader.read(length: Int(try reader.read(UInt32.self))).array
            record = try reader.read(length: reader.remaining).array
            self.index = flags & Flag.index != 0 ? index : nil
            self.entries = flags & Flag.entries != 0 ? entries : nil
            guard flags & ~Flag.all == 0, self.index != nil || index == 0,
                self.entries != nil || entries == 0,
                // What is expected is expected of an operation.
                self.index != nil || self.entries == nil && settings.isEmpty,
                record.count <= LedgerLimits.administrativeRecordBytes,
                settings.count <= LedgerLimits.administrativeRecordBytes
            else { return nil }
        } catch {
            return nil
        }
    }

    func append(to buffer: inout ByteBuffer) {
        buffer.append(littleEndian: number)
        buffer.append(
            (index == nil ? 0 : Flag.index) | (entries == nil ? 0 : Flag.entries)
                | (token == nil ? 0 : Flag.token))
        buffer.append(littleEndian: index ?? 0)
        buffer.append(littleEndian: entries ?? 0)
        if let token { buffer.append(token.bytes) }
        buffer.append(littleEndian: UInt32(settings.count))
        settings.withBytes { buffer.append($0) }
        record.withBytes { buffer.append($0) }
    }

    /// What the operation must be.
    /// - Throws: what the decoder throws.
    func expected() throws -> ExpectedOperation? {
        guard let index else { return nil }
        return ExpectedOperation(
            index: index, entries: entries,
            settings: settings.isEmpty
                ? nil : try JSONDecoder().decode(OperationSettings.self, from: Data(settings)))
    }
}
