internal import Bytes
internal import Cryptography
internal import Files
internal import Foundation
internal import Ledger
internal import Log
internal import Snapshots
internal import Time
internal import Vault
internal import Wire

/// Writes what people gave in one operation to a file, in the clear: what goes before a reset and
/// a deletion (C18), because neither can be undone.
///
/// JSON lines. The first is about the operation: `format` (1), `operation`, `client`, `title`,
/// `settings`. Then one for each entry, in order: `entry`, `participant_number`, `at`,
/// `participant`, `fields`, `source`, `age_confirmed`, `consents_given`, `consents` (all that the
/// person gave, required or not), `consent_texts` (the SHA-256 of the text behind each of them,
/// where the operation gave one), `key_id`; `robots`, `true`, of an entry that counts
/// apart and whose `participant_number` is 0. Of an entry that has been forgotten, `participant`
/// and `fields` are `null`, and `erased` is `true`.
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

    /// Folders with the log's segments, those with older ones first.
    var folders: [String] {
        [archive, journal].filter { $0 == journal || File.exists($0) }
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
    ///   - keys: the front-end keys by their index, as they are at that moment; while this reads,
    ///     entries come in, also with keys that were made meanwhile.
    /// - Throws: ``ExportError``; or the system's error where the file or its folder fails.
    func write(
        _ index: UInt32, _ operation: Catalogue.Operation, _ secrets: consuming OperationSecrets?,
        comingBy place: LogPosition, at time: Timestamp,
        keys: @escaping @Sendable () -> [Catalogue.FrontEndKey]
    ) throws -> ExportReceipt {
        try Folder.make(folder)
        try Folder.syncName(of: folder)
        let stamp = time.rfc3339.filter { $0.isLetter || $0.isNumber }
        // Two may be asked for within a millisecond.
        let name = Token.identifier(prefix: "\(operation.id)-\(stamp)") + ".jsonl"
        var lines = try ExportLines(folder + "/" + name)
        try lines.append(head: operation)
        var keys = KeyNames(all: keys)
        var summary = ExportSummary()
        // The entries that have come since that place go too: what is destroyed is all there is.
        var entries = OperationEntries(
            plan(index, operation, comingBy: place, endsAtPlace: false), secrets)
        _ = try entries.read { entry, record, given, parts in
            summary.add(entry)
            try lines.append(
                ExportedEntry(
                    entry, record, given, parts, keyID: keys.name(of: entry.command.key)))
        }
        let digest = try lines.finish()
        return ExportReceipt(
            file: name, sha256: digest.hexadecimal, entries: summary.entries,
            participants: summary.participants, operationIndex: index,
            lastRecord: entries.end.nextSequence - 1, chain: entries.end.chain.hexadecimal)
    }

    /// What is to be read for an operation's entries.
    /// - Parameters:
    ///   - place: as of ``write(_:_:_:comingBy:at:keys:)``.
    ///   - endsAtPlace: whether entries behind it are left out.
    func plan(
        _ index: UInt32, _ operation: Catalogue.Operation, comingBy place: LogPosition,
        endsAtPlace: Bool
    ) -> OperationEntries.Plan {
        // An incomplete log is an error: the entries of a missing segment are not exported.
        let folders = folders
        return OperationEntries.Plan(
            // Where the folders cannot be listed, the reading says so.
            folders: folders, run: try? LogReader.runs(in: folders).last,
            archive: archive, index: index, id: operation.id, createdAt: operation.createdAt,
            place: place, endsAtPlace: endsAtPlace)
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

    mutating func append(_ entry: borrowing ExportedEntry) throws(FileError) {
        pending.append(jsonLine: entry)
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
