internal import Bytes
internal import Cryptography
internal import Ledger
internal import Log
internal import Time
internal import Wire

/// How exported entries are written. Both forms have the same members, in the same order.
enum ExportFormat: String, CaseIterable, Sendable {
    /// JSON, one object a line; the last line says that nothing is missing.
    case ndjson
    /// RFC 4180, with a header; for spreadsheets too, see ``ByteBuffer/append(csvText:)``.
    case csv

    /// As the route's query names it.
    static let parameters = [
        QueryParameter(
            name: "format", shape: .choice(allCases.map(\.rawValue)),
            summary: "How the entries are written; else as `Accept` prefers, or `ndjson`.")
    ]

    /// As `Accept` names it.
    var type: StaticString {
        switch self {
        case .ndjson: "application/x-ndjson"
        case .csv: "text/csv"
        }
    }

    var mediaType: StaticString {
        switch self {
        case .ndjson: "application/x-ndjson"
        case .csv: "text/csv; charset=utf-8; header=present"
        }
    }
}

/// What was exported, for the line that ends an export.
struct ExportSummary: Sendable {
    var entries: UInt64 = 0
    var participants: UInt32 = 0

    mutating func add(_ entry: EntryRecord) {
        entries += 1
        participants = max(participants, entry.participant)
    }
}

// MARK: JSON lines

extension ByteBuffer {
    /// Appends an entry as a line of JSON.
    mutating func append(jsonLine exported: borrowing ExportedEntry) {
        let (entry, parts) = (exported.entry, exported.parts)
        append("{\"entry\":\"" as StaticString)
        append(decimal: entry.entry.rawValue)
        append("\",\"participant_number\":" as StaticString)
        append(decimal: UInt64(entry.participant))
        append(",\"at\":\"" as StaticString)
        append(rfc3339: entry.entry.time)
        append("\",\"participant\":" as StaticString)
        if let parts {
            append(jsonString: exported.given.extracting(parts.first))
        } else {
            append("null" as StaticString)
        }
        append(",\"fields\":" as StaticString)
        if let parts, !parts.second.isEmpty {
            append(onOneLine: exported.given.extracting(parts.second))
        } else {
            append("null" as StaticString)
        }
        append(",\"source\":" as StaticString)
        if exported.source.byteCount == 0 {
            append("null" as StaticString)
        } else {
            append(jsonString: exported.source)
        }
        append(",\"age_confirmed\":" as StaticString)
        append(entry.command.ageConfirmed ? "true" : "false")
        append(",\"consents_given\":" as StaticString)
        append(entry.command.consentsGiven ? "true" : "false")
        append(",\"consents\":" as StaticString)
        append(json: .array(exported.consents.map { .string($0.consent) }))
        append(",\"consent_texts\":" as StaticString)
        append(json: exported.consentTexts)
        append(",\"key_id\":" as StaticString)
        append(jsonString: exported.keyID)
        if entry.command.countedAs == .robot { append(",\"robots\":true" as StaticString) }
        if parts == nil { append(",\"erased\":true" as StaticString) }
        append("}\n" as StaticString)
    }

    /// Appends the last line: without it something is missing.
    /// - Parameter end: behind the last record that was read.
    mutating func append(
        jsonEnd summary: ExportSummary, of operation: String, readTo end: LogPosition
    ) {
        append("{\"complete\":true,\"operation\":" as StaticString)
        append(jsonString: operation)
        append(",\"entries\":" as StaticString)
        append(decimal: summary.entries)
        append(",\"participants\":" as StaticString)
        append(decimal: UInt64(summary.participants))
        append(",\"last_record\":" as StaticString)
        append(decimal: end.nextSequence - 1)
        append(",\"chain\":\"" as StaticString)
        append(end.chain.hexadecimal)
        append("\"}\n" as StaticString)
    }

    /// Appends a JSON text; line ends between its tokens become spaces, and inside of its strings
    /// there are none.
    private mutating func append(onOneLine json: RawSpan) {
        for offset in 0..<json.byteCount {
            let byte = json[offset]
            let isLineEnd = byte == ASCII.lineFeed || byte == ASCII.carriageReturn
            append(isLineEnd ? ASCII.space : byte)
        }
    }
}

// MARK: CSV

extension ByteBuffer {
    /// Appends the line that names the columns.
    mutating func appendCSVHeader() {
        append(
            """
            entry,participant_number,at,participant,fields,source,age_confirmed,consents_given,\
            consents,consent_texts,key_id,robots,erased\r\n
            """ as StaticString)
    }

    /// Appends an entry as a line of CSV. `fields`, `consents` and `consent_texts` are JSON.
    mutating func append(csvLine exported: borrowing ExportedEntry) {
        let (entry, parts) = (exported.entry, exported.parts)
        append(decimal: entry.entry.rawValue)
        append(ASCII.comma)
        append(decimal: UInt64(entry.participant))
        append(ASCII.comma)
        append(rfc3339: entry.entry.time)
        append(ASCII.comma)
        if let parts { append(csvText: exported.given.extracting(parts.first)) }
        append(ASCII.comma)
        if let parts, !parts.second.isEmpty {
            append(csvQuoted: exported.given.extracting(parts.second))
        }
        append(ASCII.comma)
        if exported.source.byteCount > 0 { append(csvText: exported.source) }
        append(ASCII.comma)
        append(entry.command.ageConfirmed ? "true" : "false")
        append(ASCII.comma)
        append(entry.command.consentsGiven ? "true" : "false")
        append(ASCII.comma)
        append(csvJSON: .array(exported.consents.map { .string($0.consent) }))
        append(ASCII.comma)
        append(csvJSON: exported.consentTexts)
        append(ASCII.comma)
        append(exported.keyID)
        append(ASCII.comma)
        append(entry.command.countedAs == .robot ? "true" : "false")
        append(ASCII.comma)
        append(parts == nil ? "true" : "false")
        append("\r\n" as StaticString)
    }

    /// Appends a text of a person's as a cell. A spreadsheet runs what begins with `=`, `+`, `-`,
    /// `@`, a tab or a carriage return as a formula: such a text has an apostrophe before it, and
    /// so has one that begins with an apostrophe. Whoever takes away one leading apostrophe has the
    /// text as it was given.
    mutating func append(csvText text: RawSpan) {
        append(ASCII.quote)
        if text.byteCount > 0, Self.formulaBeginnings.contains(text[0]) {
            append(UInt8(ascii: "'"))
        }
        append(csvInside: text)
        append(ASCII.quote)
    }

    private static let formulaBeginnings = Set("=+-@\t\r'".utf8)

    private mutating func append(csvJSON value: JSONValue) {
        value.bytes.withBytes { append(csvQuoted: $0) }
    }

    private mutating func append(csvQuoted text: RawSpan) {
        append(ASCII.quote)
        append(csvInside: text)
        append(ASCII.quote)
    }

    /// A quote within a quoted cell stands twice (RFC 4180, 2.7).
    private mutating func append(csvInside text: RawSpan) {
        for offset in 0..<text.byteCount {
            if text[offset] == ASCII.quote { append(ASCII.quote) }
            append(text[offset])
        }
    }
}
