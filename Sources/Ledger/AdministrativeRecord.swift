package import Bytes

/// The log's record of an administrative command that changed something (kind 2): its JSON,
/// an object with the command under its name and the author under `by`.
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
    /// - Throws: what coding throws for bytes that are not a command.
    package init(reading reader: inout ByteReader) throws {
        self = try AdministrativeRecord(json: try reader.read(length: reader.remaining))
    }
}

/// Why a command is no record.
package enum AdministrativeRecordError: Error, Equatable {
    /// Longer than ``LedgerLimits/administrativeRecordBytes``.
    case tooLong
}
