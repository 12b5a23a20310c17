import Bytes
import Ledger

@testable import Evidence

/// A record of the log by itself: an entry's, or the JSON of a command or an event.
///
/// What is read is written as the same bytes, or (JSON) as bytes that are read as the same; and can
/// be said in a sentence.
enum RecordTarget {
    @Sendable static func run(_ input: [UInt8]) throws {
        if input.first == UInt8(ascii: "{") {
            try checkCommand(input)
            try checkEvent(input)
        } else {
            try checkEntry(input)
        }
    }

    private static func checkEntry(_ input: [UInt8]) throws {
        try input.withSpan { bytes throws in
            var reader = ByteReader(bytes)
            let record: EntryRecord
            do { record = try EntryRecord(reading: &reader) } catch { return }
            try require(record.source.range.upperBound <= input.count, "a source behind the record")
            try require(record.sealed.range.upperBound <= input.count, "a seal behind the record")
            var buffer = ByteBuffer(capacity: 64)
            EntryRecord.encode(
                record.command, entry: record.entry, participant: record.participant,
                extensions: bytes.extracting(record.extensions.range),
                source: bytes.extracting(record.source.range),
                sealed: bytes.extracting(record.sealed.range), into: &buffer)
            let length = input.count - reader.remaining
            try require(buffer.bytes.array == Array(input[..<length]), "an entry differs")
        }
    }

    private static func checkCommand(_ input: [UInt8]) throws {
        let record: AdministrativeRecord
        do { record = try input.withSpan { try AdministrativeRecord(json: $0) } } catch { return }
        let json = try record.json()
        let again = try json.withSpan { try AdministrativeRecord(json: $0) }
        try require(again == record, "a command differs: \(String(decoding: json, as: UTF8.self))")
        try require(try again.json() == json, "a command has two texts")
        try require(!record.command.sentence.isEmpty, "a command without a sentence")
    }

    private static func checkEvent(_ input: [UInt8]) throws {
        let record: EventRecord
        do { record = try input.withSpan { try EventRecord(json: $0) } } catch { return }
        let json = try record.json()
        let again = try json.withSpan { try EventRecord(json: $0) }
        try require(again == record, "an event differs: \(String(decoding: json, as: UTF8.self))")
        try require(try again.json() == json, "an event has two texts")
        try require(!record.event.sentence.isEmpty, "an event without a sentence")
    }
}
