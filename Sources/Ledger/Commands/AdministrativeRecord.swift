package import Bytes

/// The log's record of an administrative command that changed something (kind 2): the command's
/// JSON, with its author under `by`.
package struct AdministrativeRecord: Equatable, Sendable {
    /// How the log marks such a record.
    package static var kind: UInt8 { 2 }

    package var command: AdministrativeCommand
    package var author: Author

    package init(_ command: AdministrativeCommand, by author: Author) {
        self.command = command
        self.author = author
    }

    /// Appends the record.
    /// - Throws: what coding throws, and ``AdministrativeRecordError/tooLong``. Commands are
    ///   encoded before they are applied, so that neither can happen to one that was.
    package func encode(into buffer: inout ByteBuffer) throws {
        let json = try json()
        guard json.count <= LedgerLimits.administrativeRecordBytes else {
            throw AdministrativeRecordError.tooLong
        }
        for byte in json { buffer.append(byte) }
    }

    /// Reads the record that takes up all that is left of the reader.
    /// - Throws: what ``init(json:)`` throws.
    package init(reading reader: inout ByteReader) throws {
        self = try AdministrativeRecord(json: try reader.read(length: reader.remaining))
    }

    /// The record's bytes.
    package func json() throws -> [UInt8] { try RecordJSON.bytes(of: self) }

    /// - Throws: ``RecordFormatError``, and what the decoder throws for bytes that are no command.
    package init(json: RawSpan) throws {
        self = try RecordJSON.read(AdministrativeRecord.self, from: json)
    }
}

/// The command's own members, and `by`.
extension AdministrativeRecord: Codable {
    private enum CodingKeys: String, CodingKey {
        case author = "by"
    }

    package init(from decoder: any Decoder) throws {
        command = try AdministrativeCommand(from: decoder)
        author = try decoder.container(keyedBy: CodingKeys.self).decode(
            Author.self, forKey: .author)
    }

    package func encode(to encoder: any Encoder) throws {
        try command.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(author, forKey: .author)
    }
}

/// Why a command is no record.
package enum AdministrativeRecordError: Error, Equatable {
    /// Longer than ``LedgerLimits/administrativeRecordBytes``.
    case tooLong
}
