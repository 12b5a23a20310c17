internal import Bytes

/// The log's record of an event (kind 3): its JSON.
package struct EventRecord: Equatable, Sendable {
    /// How the log marks such a record.
    package static var kind: UInt8 { 3 }

    package var event: LedgerEvent

    package init(_ event: LedgerEvent) {
        self.event = event
    }

    /// The record's bytes.
    package func json() throws -> [UInt8] { try RecordJSON.bytes(of: event) }

    /// - Throws: ``RecordFormatError``, and what the decoder throws for bytes that are no event.
    package init(json: RawSpan) throws {
        event = try RecordJSON.read(LedgerEvent.self, from: json)
    }
}
