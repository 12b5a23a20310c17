internal import Bytes
internal import Cryptography
internal import Files
internal import Foundation
internal import Ledger
internal import Log
internal import Playback
internal import Snapshots
internal import Time
internal import Vault
internal import Wire

/// Writes what people gave in one operation to a file, in the clear: what goes before a reset and
/// a deletion (C18), because neither can be undone.
///
/// JSON lines. The first is about the operation: `format` (1), `operation`, `client`, `title`,
/// `settings`. Then one for each entry, in order: `entry`, `participant_number`, `at`,
/// `participant`, `fields`, `source`, `age_confirmed`, `consents_given`, `key_id`. Of an entry that
/// has been forgotten, `participant` and `fields` are `null`, and `erased` is `true`.
///
/// The file holds personal data: it and its folder can be read by the gateway's user alone, and
/// it is the operator's to hand over and to erase.
struct OperationExport {
    let folder: String
    let journal: String
    /// Where segments are that were archived without another folder named.
    let archive: String

    /// - Parameters:
    ///   - data: the gateway's folder.
    init(data: String) {
        folder = data + "/exports"
        journal = data + "/journal"
        archive = LogArchive.defaultPath(data: data)
    }

    /// Where exports are that no record of the log names.
    var aside: String { folder + "/orphaned" }

    /// What a start did to exports.
    struct Sorted {
        /// Moved to ``OperationExport/aside``.
        var setAside: [String] = []
        /// Moved back from there: the log names them after all.
        var broughtBack: [String] = []
    }

    /// Moves exports that no reset or deletion in the log names to ``aside``: a process ended in
    /// the middle of one, or the log is an older copy and they are the only copy of what people
    /// gave. The two cannot be told apart, so nothing is removed.
    /// - Parameter named: files that a record names.
    func sortOrphans(named: Set<String>) throws -> Sorted {
        var sorted = Sorted()
        guard File.exists(folder) else { return sorted }
        for name in try File.names(in: folder)
        where name.wholeMatch(of: Self.names) != nil && !named.contains(name) {
            try Folder.make(aside)
            try File.rename(folder + "/" + name, to: freeName(aside + "/" + name))
            sorted.setAside.append(name)
        }
        if File.exists(aside) {
            for name in try File.names(in: aside)
            where named.contains(name) && !File.exists(folder + "/" + name) {
                try File.rename(aside + "/" + name, to: folder + "/" + name)
                sorted.broughtBack.append(name)
            }
            try Folder.sync(aside)
        }
        try Folder.sync(folder)
        return sorted
    }

    /// The path, or with a number behind it where a file has it.
    private func freeName(_ path: String) -> String {
        guard File.exists(path) else { return path }
        var number = 1
        while File.exists("\(path).\(number)") { number += 1 }
        return "\(path).\(number)"
    }

    /// An operation, a time, something random.
    private static var names: Regex<Substring> {
        /[a-z0-9][a-z0-9\-]*-\d{8}T\d{9}Z-[0-9a-f]{16}\.jsonl(?:\.new)?/
    }

    /// Writes the entries that are in the log now. On return the file is on stable storage.
    /// - Parameters:
    ///   - index: the operation's in the catalogue.
    ///   - secrets: open what people gave; of an operation without entries they may be missing.
    ///   - place: where the log that this process writes has come by: the files must, too.
    ///   - keyID: a front-end key's identifier by its index; while this reads, entries come in,
    ///     also with keys that were made meanwhile.
    /// - Throws: ``ExportError``; or the system's error where the file or its folder fails.
    func write(
        _ index: UInt32, _ operation: Catalogue.Operation, _ secrets: consuming OperationSecrets?,
        comingBy place: LogPosition, at time: Timestamp, keyID: (UInt32) -> String
    ) throws -> ExportReceipt {
        try Folder.make(folder)
        try Folder.syncName(of: folder)
        let stamp = time.rfc3339.filter { $0.isLetter || $0.isNumber }
        // Two may be asked for within a millisecond.
        let name = Token.identifier(prefix: "\(operation.id)-\(stamp)") + ".jsonl"
        var lines = try ExportLines(folder + "/" + name)
        try lines.append(head: operation)
        var written = Written()
        var opener: LeafOpener
        let hasSecrets: Bool
        if let secrets {
            opener = LeafOpener(secrets.takeTree())
            hasSecrets = true
        } else {
            opener = LeafOpener(KeyTree(capacity: 0))
            hasSecrets = false
        }
        var plain = ByteBuffer(capacity: LedgerLimits.sealedBytes)
        // An incomplete log is an error: the entries of a missing segment are not exported.
        let folders = [archive, journal].filter(File.exists)
        var hasPassed = place == .beginning
        let report = try LogReader.read(directories: folders, from: 1) { batch in
            hasPassed = hasPassed || batch.end == place
            try batch.play(.entries) { record throws in
                let entry: EntryRecord
                switch record.content {
                case .entry(let read): entry = read
                case .unreadable(let error): throw error
                case .command, .event: return
                }
                guard entry.command.operation == index else { return }
                guard hasSecrets else { throw ExportError.keyMissing(operation.id) }
                written.note(entry)
                plain.removeAll()
                let parts = try opener.open(
                    record.bytes.extracting(entry.sealed.range), leaf: entry.command.leaf,
                    into: &plain)
                try lines.append(
                    entry, source: record.bytes.extracting(entry.source.range),
                    given: plain.bytes, parts, keyID: keyID(entry.command.key))
            }
        }
        guard hasPassed else { throw ExportError.otherLog(journal, place.nextSequence - 1) }
        let digest = try lines.finish()
        var text = ByteBuffer(capacity: 64)
        text.append(hexadecimal: digest.bytes)
        return ExportReceipt(
            file: name, sha256: text.text, entries: written.entries,
            participants: written.participants, operationIndex: index,
            lastRecord: report.nextSequence - 1, chain: report.chain.hexadecimal)
    }

    private struct Written {
        var entries: UInt64 = 0
        var participants: UInt32 = 0

        mutating func note(_ entry: EntryRecord) {
            entries += 1
            participants = max(participants, entry.participant)
        }
    }
}

/// Why an operation was not exported.
enum ExportError: Error, CustomStringConvertible {
    /// What people gave cannot be opened any more.
    case keyMissing(String)
    /// The files do not hold a record that this process has stored.
    case otherLog(String, UInt64)

    var description: String {
        switch self {
        case .keyMissing(let id):
            "the key file of operation \(id) is missing; restore it from a backup of keys/"
        case .otherLog(let path, let record):
            "\(path) is not the journal that this process writes: record \(record) is missing or "
                + "differs; stop the gateway and put the journal back"
        }
    }
}

/// The lines of an export, on their way into its file.
private struct ExportLines: ~Copyable {
    private var file: DurableFile
    private var length = 0
    private var pending = ByteBuffer(capacity: flushBytes + (32 << 10))

    private static var flushBytes: Int { 256 << 10 }

    /// - Parameter path: of the export once it is whole.
    init(_ path: String) throws(FileError) {
        file = try DurableFile(path)
    }

    mutating func append(head operation: Catalogue.Operation) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        pending.append("{\"format\":1,\"operation\":" as StaticString)
        pending.append(jsonString: operation.id)
        pending.append(",\"client\":" as StaticString)
        pending.append(jsonString: operation.client)
        pending.append(",\"title\":" as StaticString)
        pending.append(jsonString: operation.title)
        pending.append(",\"settings\":" as StaticString)
        let settings = [UInt8](try encoder.encode(operation.settings))
        settings.withBytes { pending.append($0) }
        pending.append("}\n" as StaticString)
    }

    /// - Parameter parts: where participant and fields lie in `given`; nil if they are erased.
    mutating func append(
        _ entry: EntryRecord, source: RawSpan, given: RawSpan, _ parts: OpenedMessage?,
        keyID: String
    ) throws {
        pending.append("{\"entry\":\"" as StaticString)
        pending.append(decimal: entry.entry.rawValue)
        pending.append("\",\"participant_number\":" as StaticString)
        pending.append(decimal: UInt64(entry.participant))
        pending.append(",\"at\":\"" as StaticString)
        pending.append(rfc3339: entry.entry.time)
        pending.append("\",\"participant\":" as StaticString)
        if let parts {
            pending.append(jsonString: given.extracting(parts.first))
        } else {
            pending.append("null" as StaticString)
        }
        pending.append(",\"fields\":" as StaticString)
        if let parts, !parts.second.isEmpty {
            pending.append(onOneLine: given.extracting(parts.second))
        } else {
            pending.append("null" as StaticString)
        }
        pending.append(",\"source\":" as StaticString)
        if source.byteCount == 0 {
            pending.append("null" as StaticString)
        } else {
            pending.append(jsonString: source)
        }
        pending.append(",\"age_confirmed\":" as StaticString)
        pending.append(entry.command.ageConfirmed ? "true" : "false")
        pending.append(",\"consents_given\":" as StaticString)
        pending.append(entry.command.consentsGiven ? "true" : "false")
        pending.append(",\"key_id\":" as StaticString)
        pending.append(jsonString: keyID)
        if parts == nil { pending.append(",\"erased\":true" as StaticString) }
        pending.append("}\n" as StaticString)
        if pending.count >= Self.flushBytes { try flush() }
    }

    private mutating func flush() throws(FileError) {
        try file.write(pending.bytes, at: length)
        length += pending.count
        pending.removeAll()
    }

    /// Makes it durable, and gives it its name.
    /// - Returns: the digest of what is in the file, read back.
    mutating func finish() throws(FileError) -> SHA256Digest {
        try flush()
        var digester = SHA256()
        digester.begin()
        var offset = 0
        while offset < length {
            pending.removeAll()
            try file.read(Self.flushBytes, at: offset, into: &pending)
            digester.update(pending.bytes)
            offset += pending.count
        }
        try file.commit()
        return digester.end()
    }
}

extension ByteBuffer {
    /// Appends a JSON text; line ends between its tokens become spaces, and inside of its strings
    /// there are none.
    fileprivate mutating func append(onOneLine json: RawSpan) {
        for offset in 0..<json.byteCount {
            let byte = json[offset]
            let isLineEnd = byte == ASCII.lineFeed || byte == ASCII.carriageReturn
            append(isLineEnd ? ASCII.space : byte)
        }
    }
}
