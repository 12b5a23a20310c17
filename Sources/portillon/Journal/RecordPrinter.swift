import Bytes
import Ledger
import Playback
internal import Time
import Wire

/// Prints records as JSON, without any participant's data.
///
/// Entries refer to their operation and key by number; the commands before them give the names.
struct RecordPrinter {
    private var catalogue = Catalogue()

    /// The record as a JSON object; its kind is `unknown` if it cannot be decoded.
    mutating func line(_ record: borrowing PlaybackRecord) -> String {
        let start =
            "{\"sequence\":\(record.sequence),\"at\":\"\(record.time.rfc3339)\",\"kind\":"
        let members: String?
        switch record.content {
        case .entry(let read): members = entry(read, in: record.bytes)
        case .command(let read): members = command(read, in: record.bytes, at: record.time)
        case .event(let read): members = event(read, in: record.bytes)
        case .unreadable: members = nil
        }
        guard let members else {
            return start + "\"unknown\",\"number\":\(record.kind),\"bytes\":"
                + "\(record.bytes.byteCount)}"
        }
        return start + members + "}"
    }

    private func entry(_ record: EntryRecord, in bytes: RawSpan) -> String {
        let command = record.command
        let source = bytes.extracting(record.source.range).text
        var line = "\"entry\",\"operation\":\(quotedForJSON(operation(command.operation)))"
        line += ",\"entry\":\"\(record.entry)\",\"participant_number\":\(record.participant)"
        line += ",\"key_id\":\(quotedForJSON(key(command.key)))"
        if let countedAs = command.countedAs.name { line += ",\"counted_as\":\"\(countedAs)\"" }
        if !source.isEmpty { line += ",\"source\":\(quotedForJSON(source))" }
        line += ",\"age_confirmed\":\(command.ageConfirmed)"
        line += ",\"consents_given\":\(command.consentsGiven)"
        line += consents(of: record, in: bytes)
        line += evidence(of: record, in: bytes)
        if command.challenge.isGiven {
            let expires = Timestamp(milliseconds: Int64(command.challenge.expires) * 1_000)
            line += ",\"challenge\":{\"level\":\(command.challenge.level)"
            line += ",\"expires_at\":\"\(expires.rfc3339)\"}"
        }
        line += ",\"idempotency_key\":\(!command.idempotency.isNone)"
        line += ",\"second_key\":\(!command.secondKey.isNone)"
        if command.isTest { line += ",\"permit_id\":\(quotedForJSON(permit(command.permit)))" }
        line += ",\"sealed_bytes\":\(record.sealed.range.count),\"leaf\":\(command.leaf)"
        return line
    }

    /// The consents that the person gave, by name, and the digests of their texts.
    private func consents(of record: EntryRecord, in bytes: RawSpan) -> String {
        let extensions = bytes.extracting(record.extensions.range)
        // They were checked when the record was decoded, so this cannot fail.
        let given = (try? EntryExtensions.consents(in: extensions)) ?? []
        let texts = given.compactMap { consent, digest in
            digest.map { "\(quotedForJSON(consent)):\(quotedForJSON($0))" }
        }
        return ",\"consents\":[" + given.map { quotedForJSON($0.consent) }.joined(separator: ",")
            + "],\"consent_texts\":{" + texts.joined(separator: ",") + "}"
    }

    /// What spoke for a robot, where something did.
    private func evidence(of record: EntryRecord, in bytes: RawSpan) -> String {
        // It was checked when the record was decoded, so this cannot fail.
        let read = try? EntryExtensions.evidence(in: bytes.extracting(record.extensions.range))
        guard let evidence = read else { return "" }
        let findings = evidence.findings.map { finding in
            var members: [String: JSONValue] = [
                "layer": .integer(Int(finding.layer)), "rule": .string(finding.rule),
                "weight": .integer(Int(finding.weight)),
            ]
            if let tool = finding.tool { members["tool"] = .string(tool) }
            if finding.layer > 2 { members["observed"] = .integer(Int(finding.observed)) }
            return JSONValue.object(members)
        }
        let value = JSONValue.object([
            "ruleset": .integer(Int(evidence.rulesetVersion)),
            "digest": .string(evidence.digestText),
            "head_weight": .integer(Int(evidence.headWeight)),
            "behaviour_weight": .integer(Int(evidence.behaviourWeight)),
            "omitted": .integer(Int(evidence.omitted)), "findings": .array(findings),
        ])
        return ",\"robots\":" + value.line
    }

    private mutating func command(
        _ record: AdministrativeRecord, in bytes: RawSpan, at time: Timestamp
    ) -> String? {
        guard var details = details(of: bytes, without: "command") else { return nil }
        details["by"] = nil
        let command = record.command
        // Only names are needed here; `replay` checks whether the decisions match.
        _ = try? catalogue.apply(command, by: record.author, at: time)
        let author = record.author
        let by =
            ",\"by\":{\"role\":\(quotedForJSON(author.role.rawValue))"
            + ",\"name\":\(quotedForJSON(author.name))}"
        return members(command.name, command.operation, by, command.sentence, details)
    }

    /// An event, which the fold derived by itself.
    private func event(_ event: LedgerEvent, in bytes: RawSpan) -> String? {
        guard let details = details(of: bytes, without: "event") else { return nil }
        return members(event.name.rawValue, event.operation, "", event.sentence, details)
    }

    private func members(
        _ kind: String, _ operation: String?, _ by: String, _ text: String,
        _ details: [String: JSONValue]
    ) -> String {
        let subject = operation.map { ",\"operation\":\(quotedForJSON($0))" } ?? ""
        return quotedForJSON(kind) + subject + by + ",\"text\":\(quotedForJSON(text))"
            + ",\"details\":" + JSONValue.object(details).line
    }

    /// The record's members but for its name and its operation, which have places of their own.
    private func details(of bytes: RawSpan, without name: String) -> [String: JSONValue]? {
        // Bytes that are not an object have no members; the line then says that they are unknown.
        guard case .object(var members)? = try? JSONValue(bytes) else { return nil }
        members[name] = nil
        members["operation"] = nil
        return members
    }

    private func operation(_ index: UInt32) -> String {
        index < catalogue.operations.count ? catalogue.operations[Int(index)].id : "#\(index)"
    }

    private func permit(_ index: UInt32) -> String {
        index < catalogue.permits.count ? catalogue.permits[Int(index)].id : "#\(index)"
    }

    private func key(_ index: UInt32) -> String {
        index < catalogue.keys.count ? catalogue.keys[Int(index)].id : "#\(index)"
    }
}

extension JSONValue {
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
