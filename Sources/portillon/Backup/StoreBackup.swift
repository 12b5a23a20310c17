import Bytes
import Cryptography
import Files
import Ledger
import Log
import Time
import Vault

/// One run of `portillon backup`.
///
/// Keys are copied before the journal, because a reset destroys them, and again after it, because
/// a new operation's key is stored before the journal knows the operation. Between the two,
/// segments are copied until the copy reads whole from end to end: what a file got while it was
/// copied is copied once more.
struct StoreBackup: ~Copyable {
    private let data: String
    private let destination: String
    private let lock: LogLock
    private var reader: LogReader
    private var catalogue = Catalogue()
    /// Whether the journal in the backup begins with record 1, so that it names all operations.
    private var isComplete = true
    private var result: BackupResult
    /// Segments to copy again, although they look closed.
    private var doubtful: Set<String> = []

    private static var attempts: Int { 1_000 }

    private var journal: String { destination + "/journal" }
    private var keys: String { destination + "/keys" }

    /// - Throws: ``CommandFailure`` where source or destination is not what it must be.
    init(_ data: String, to destination: String) throws(CommandFailure) {
        let store = try Self.check(data, destination)
        let lock = try Self.take(destination)
        self.lock = lock
        self.data = data
        self.destination = destination
        reader = LogReader(directory: destination + "/journal")
        result = BackupResult(backup: destination, store: store?.text)
    }

    /// Sees that there is something to back up, and that the destination is not something else.
    private static func check(
        _ data: String, _ destination: String
    ) throws(CommandFailure) -> StoreID? {
        // A folder that cannot be listed holds nothing to copy.
        guard (try? LogReader.segments(in: data + "/journal").isEmpty) == false else {
            throw CommandFailure(
                .inputOutput,
                "\(data): no journal found, nothing to back up; give a gateway's data folder")
        }
        let isItself: Bool
        let isInside: Bool
        let isOther: Bool
        let store: StoreID?
        do throws(FileError) {
            store = try StoreID.read(in: data + "/journal")
            let there = try FileIdentity(destination)
            let source = try FileIdentity(data)
            isItself = there != nil && source == there
            isInside =
                try source.map { source throws(FileError) in
                    try Self.isPlace(destination, in: source)
                } ?? false
            let journal = destination + "/journal"
            var isUsed = false
            if File.exists(journal) { isUsed = try !LogReader.segments(in: journal).isEmpty }
            let other = try StoreID.read(in: journal)
            // A store of before there were ids has none.
            isOther = isUsed && other != nil && store != nil && other != store
        } catch {
            throw CommandFailure(.inputOutput, "\(error)")
        }
        if isItself {
            throw CommandFailure(
                .inputOutput, "\(destination): is the data folder itself; choose another folder")
        }
        if isInside {
            throw CommandFailure(
                .inputOutput,
                "\(destination): is inside the data folder \(data), and would be lost with it; "
                    + "choose a folder elsewhere, best on another disk")
        }
        if isOther {
            throw CommandFailure(
                .inputOutput,
                "\(destination): holds another store than \(data); choose another folder")
        }
        return store
    }

    /// Whether a folder is inside another one, or will be when it is made, by whatever links.
    private static func isPlace(
        _ path: String, in folder: FileIdentity
    ) throws(FileError) -> Bool {
        var place = path
        if !File.exists(path) {
            // Only its last name is made.
            let names = path.split(separator: "/")
            place = (path.hasPrefix("/") ? "/" : "./") + names.dropLast().joined(separator: "/")
        }
        for _ in 0..<Self.deepestFolder {
            // A folder that is not there is refused when the copy is made in it.
            guard let here = try FileIdentity(place) else { return false }
            if here == folder { return true }
            place += "/.."
            if try FileIdentity(place) == here { return false }
        }
        return false
    }

    /// Folders above one that are looked at: a path is not longer.
    private static var deepestFolder: Int { 1_000 }

    /// Makes the folders, and keeps other backups out of them.
    private static func take(_ destination: String) throws(CommandFailure) -> LogLock {
        do throws(FileError) {
            for folder in [destination, destination + "/journal"] {
                try Folder.make(folder)
                try Folder.syncName(of: folder)
            }
            let folders = LogLock.folders(ofStore: destination)
            if let lock = try LogLock(destination + "/journal", with: folders) { return lock }
        } catch {
            throw CommandFailure(.inputOutput, "\(error)")
        }
        throw CommandFailure(
            .inputOutput,
            "\(destination): is in use by another backup or a gateway; wait for it to end")
    }

    /// Copies what is new, and verifies the whole.
    mutating func run(keys withKeys: Bool, exports: Bool) throws(CommandFailure) -> BackupResult {
        if !withKeys { try requireNoKeys() }
        do {
            try checkHistory()
            try copySnapshots()
            if withKeys { try copyKeys() }
            try copyJournal()
            if withKeys {
                try copyKeys()
                try settleKeys()
            }
            if exports { try copyExports() }
            try copyMarks()
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw CommandFailure(.inputOutput, "\(error)")
        }
        let report = reader.report
        result.segments = report.segments
        result.records = report.records
        result.lastSequence = report.nextSequence - 1
        result.lastTime = report.lastTime?.rfc3339
        result.chain = report.chain.hexadecimal
        if !isComplete {
            result.remarks.append(
                "The journal begins with record \(report.oldestSequence): back up the archive "
                    + "of older segments, too.")
        }
        return result
    }

    // MARK: The journal

    /// What was backed up before must be in the source still: otherwise that was set back to an
    /// earlier time, and its records are others of the same numbers.
    private mutating func checkHistory() throws {
        do throws(LogError) {
            _ = try read()
        } catch {
            // An earlier run was interrupted, or the copy is damaged: it is made good from the
            // source.
            if case .damaged(let damage) = error {
                doubtful.insert(Self.name(of: damage.file))
            }
            return
        }
        let end = reader.report.end
        let oldest = try LogReader.segments(in: data + "/journal").first?.firstSequence ?? 1
        guard reader.report.segments > 0, oldest <= end.nextSequence else { return }
        do throws(LogError) {
            var source = LogReader(directory: data + "/journal", after: end)
            try source.read { _ in }
        } catch {
            throw CommandFailure(
                .inputOutput,
                [
                    "\(destination): holds records up to \(end.nextSequence - 1) that \(data) does "
                        + "not have: it was set back or is damaged. The backup is unchanged; "
                        + "choose another folder",
                    "\(error)",
                ])
        }
    }

    /// Copies segments and reads the copy, until it reads to its end and nothing more is known to
    /// follow.
    private mutating func copyJournal() throws {
        var last = ""
        for _ in 0..<Self.attempts {
            try copySegments()
            do throws(LogError) {
                let found = try read()
                guard let found else { return }
                doubtful.insert(Self.name(of: found.file))
                last = "\(found)"
            } catch {
                guard case .damaged(let damage) = error else {
                    throw CommandFailure(.inputOutput, "\(error)")
                }
                doubtful.insert(Self.name(of: damage.file))
                if last == "\(error)" { try verifySource() }
                last = "\(error)"
            }
        }
        throw CommandFailure(
            .inputOutput, "\(destination): the copy does not become whole: \(last); run it again")
    }

    /// Copies what the backup lacks; a segment that is closed in both never changes.
    private mutating func copySegments() throws {
        // In this order: what is archived meanwhile is in one of the two lists at least.
        var folders: [(folder: String, names: [String])] = []
        for folder in [data + "/journal", data + "/archive"] where File.exists(folder) {
            folders.append((folder, try LogReader.segments(in: folder).map(\.name)))
        }
        for (folder, names) in folders.reversed() {
            for name in names {
                let (source, target) = (folder + "/" + name, journal + "/" + name)
                let isThere = File.exists(target)
                if isThere, !doubtful.contains(name),
                    try BackupFile.isSameClosed(source, target)
                {
                    continue
                }
                guard let bytes = try BackupFile.copy(source, to: target) else { continue }
                if !isThere { result.segmentsCopied += 1 }
                result.bytesCopied += bytes
            }
        }
        doubtful = []
    }

    /// Reads what is new in the copy.
    /// - Returns: what is known to be missing at its end; nil if nothing is.
    private mutating func read() throws(LogError) -> MissingRecords? {
        var catalogue = self.catalogue
        var isComplete = self.isComplete
        try reader.read { batch in
            if batch.header.firstSequence == 1 { catalogue = Catalogue() }
            isComplete = isComplete && (batch.header.firstSequence == 1 || !catalogue.isEmpty)
            guard isComplete else { return }
            var records = batch.records
            while let record = records.next() {
                guard record.kind == AdministrativeRecord.kind else { continue }
                let command = try AdministrativeRecord(json: record.bytes)
                _ = try catalogue.apply(
                    command.command, by: command.author, at: batch.header.time)
            }
        }
        self.catalogue = catalogue
        self.isComplete = isComplete
        return reader.report.missing
    }

    /// - Throws: ``CommandFailure`` where the source itself is damaged.
    private func verifySource() throws(CommandFailure) {
        _ = try JournalFolder(data).read { _ throws(CommandFailure) in }
    }

    private static func name(of path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }

    // MARK: Keys

    /// A backup without keys must not have those of an earlier run: what is destroyed in the source
    /// would stay here.
    private func requireNoKeys() throws(CommandFailure) {
        do throws(FileError) {
            guard File.exists(keys), try !File.names(in: keys).isEmpty else { return }
        } catch {
            throw CommandFailure(.inputOutput, "\(error)")
        }
        throw CommandFailure(
            .inputOutput,
            "\(keys): an earlier run has copied the keys here, and --without-keys would leave "
                + "them: remove that folder, or choose another destination. Nothing was copied")
    }

    private mutating func copyKeys() throws {
        let source = data + "/keys"
        guard File.exists(source) else {
            throw CommandFailure(
                .inputOutput,
                "\(source): is missing; restore it, or leave keys out with --without-keys")
        }
        try Folder.make(keys)
        try Folder.syncName(of: keys)
        try SecretFile.recoverAll(in: keys)
        for name in try File.names(in: source)
        where name.hasSuffix(".key") || name.hasSuffix(KeyVault.webhookSuffix) || name == "leaves"
            || name == StoreID.fileName
        {
            try BackupFile.copySecret(source + "/" + name, to: keys + "/" + name)
        }
    }

    /// Destroys the keys of operations that the journal in the backup says are no more, and sees
    /// that those of all others are there.
    private mutating func settleKeys() throws {
        let names = Set(try File.names(in: keys).filter { $0.hasSuffix(".key") })
        guard isComplete else {
            result.keys = names.count
            return
        }
        var missing: [String] = []
        for operation in catalogue.operations {
            let name = operation.dataKeyID + ".key"
            if operation.retirement != nil {
                if names.contains(name) { try SecretFile.remove(keys + "/" + name) }
            } else if !names.contains(name) {
                missing.append(operation.id)
            }
        }
        for webhook in catalogue.webhooks where webhook.removedAt != nil {
            try SecretFile.remove(keys + "/" + webhook.id + KeyVault.webhookSuffix)
        }
        result.keys = catalogue.standing.count - missing.count
        guard missing.isEmpty else {
            throw CommandFailure(
                .inputOutput,
                "\(keys): the keys of \(missing.joined(separator: ", ")) are missing: reset or "
                    + "deleted while the backup was made; run it again")
        }
    }

    // MARK: The rest

    /// Where older segments were archived elsewhere, a start needs a snapshot.
    private func copySnapshots() throws {
        let oldest = try LogReader.segments(in: data + "/journal").first?.firstSequence ?? 1
        let source = data + "/snapshots"
        guard oldest > 1, File.exists(source) else { return }
        let target = destination + "/snapshots"
        try Folder.make(target)
        try Folder.syncName(of: target)
        for name in try File.names(in: source) where name.hasSuffix(".snapshot") {
            if File.exists(target + "/" + name) { continue }
            _ = try BackupFile.copy(source + "/" + name, to: target + "/" + name)
        }
    }

    private mutating func copyExports() throws {
        let source = data + "/exports"
        result.exports = 0
        guard File.exists(source) else { return }
        let target = destination + "/exports"
        try Folder.make(target)
        try Folder.syncName(of: target)
        for name in try File.names(in: source) where name.hasSuffix(".jsonl") {
            if !File.exists(target + "/" + name) {
                _ = try BackupFile.copy(source + "/" + name, to: target + "/" + name)
            }
            result.exports = (result.exports ?? 0) + 1
        }
    }

    /// The store's id, and where the original is: so a start knows the copy as one.
    private func copyMarks() throws {
        let source = data + "/journal"
        _ = try BackupFile.copy(
            source + "/" + StoreID.fileName, to: journal + "/" + StoreID.fileName)
        if File.exists(source + "/lock") { try LogPlace(of: source).write(in: journal) }
    }
}

extension Catalogue {
    /// Whether no record has made anything of it.
    fileprivate var isEmpty: Bool { clients.isEmpty && operations.isEmpty && starts == 0 }
}
