import Bytes
import Foundation
import Ledger
import Log
internal import Time

/// Puts records as JSON, without anything that a person gave.
///
/// Entries name their operation and key by number; the commands that went before tell the names.
struct RecordPrinter {
    private var catalogue = Catalogue()

    /// A JSON object; a record that cannot be understood is shown as such.
    mutating func line(_ record: borrowing LogRecord, at time: Timestamp) -> String {
        let start = "{\"sequence\":\(record.sequence),\"at\":\"\(time.rfc3339)\",\"kind\":"
        let members: String?
        var reader = ByteReader(record.bytes)
        switch record.kind {
        case EntryRecord.kind: members = entry(&reader, in: record.bytes)
        case AdministrativeRecord.kind: members = command(record.bytes, at: time)
        case EventRecord.kind: members = event(record.bytes)
        default: members = nil
        }
        guard let members else {
            return start + "\"unknown\",\"number\":\(record.kind),\"bytes\":"
                + "\(record.bytes.byteCount)}"
        }
        return start + members + "}"
    }

    private func entry(_ reader: inout ByteReader, in bytes: RawSpan) -> String? {
        // A record that is no entry has no members; the line then says that it is unknown.
        guard let record = try? EntryRecord(reading: &reader) else { return nil }
        let command = record.command
        let source = bytes.extracting(record.source.range).text
        var line = "\"entry\",\"operation\":\(quotedForJSON(operation(command.operation)))"
        line += ",\"entry\":\"\(record.entry)\",\"participant_number\":\(record.participant)"
        line += ",\"key_id\":\(quotedForJSON(key(command.key)))"
        if !source.isEmpty { line += ",\"source\":\(quotedForJSON(source))" }
        line += ",\"age_confirmed\":\(command.ageConfirmed)"
        line += ",\"consents_given\":\(command.consentsGiven)"
        line += ",\"idempotency_key\":\(!command.idempotency.isNone)"
        line += ",\"sealed_bytes\":\(record.sealed.range.count)"
        return line
    }

    private mutating func command(_ bytes: RawSpan, at time: Timestamp) -> String? {
        // What is not a command is printed as bytes that are not known.
        guard let record = try? AdministrativeRecord(json: bytes),
            var members = members(of: bytes)
        else { return nil }
        members["by"] = nil
        guard let (kind, details) = members.first else { return nil }
        // Only names are wanted here: whether the fold agrees is what `replay` tells.
        _ = try? catalogue.apply(record.command, by: record.author, at: time)
        var line = quotedForJSON(kind)
        let operation = kind.hasSuffix("_operation") ? details["id"] : details["operation"]
        if let operation { line += ",\"operation\":\(quotedForJSON(operation.text))" }
        let author = record.author
        line += ",\"by\":{\"role\":\(quotedForJSON(author.role.rawValue))"
        line += ",\"name\":\(quotedForJSON(author.name))}"
        return line + ",\"details\":" + details.line
    }

    /// What the fold found out by itself.
    private func event(_ bytes: RawSpan) -> String? {
        guard let members = members(of: bytes), let (kind, details) = members.first else {
            return nil
        }
        let subject = details["step"] ?? details
        var line = quotedForJSON(kind)
        if let operation = subject["operation"] {
            line += ",\"operation\":\(quotedForJSON(operation.text))"
        }
        return line + ",\"details\":" + subject.line
    }

    private func members(of bytes: RawSpan) -> [String: JSON]? {
        // Bytes that are no object have no members; the line then says that they are unknown.
        try? JSONDecoder().decode([String: JSON].self, from: Data(bytes.array))
    }

    private func operation(_ index: UInt32) -> String {
        index < catalogue.operations.count ? catalogue.operations[Int(index)].id : "#\(index)"
    }

    private func key(_ index: UInt32) -> String {
        index < catalogue.keys.count ? catalogue.keys[Int(index)].id : "#\(index)"
    }
}

extension JSON {
    /// The value on one line, names sorted.
    var line: String {
        switch self {
        case .null: "null"
        case .bool(let value): String(value)
        case .integer(let value): String(value)
        case .number(let value): String(value)
        case .string(let text): quotedForJSON(text)
        case .array(let values): "[" + values.map(\.line).joined(separator: ",") + "]"
        case .object(let members):
            "{"
                + members.sorted { $0.key < $1.key }
                .map { quotedForJSON($0.key) + ":" + $0.value.line }.joined(separator: ",") + "}"
        }
    }
}
