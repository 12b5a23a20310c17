internal import Files
internal import Log
internal import Logging
internal import Snapshots

/// What a person accepts of a store that is not whole, to go on with it.
package enum StoreException: String, CaseIterable, Sendable {
    /// There are keys and no journal: an empty one is begun.
    case missingJournal = "missing-journal"
    /// Operations lack their keys: they take no entries.
    case missingKeys = "missing-keys"
    /// Keys and journal are of two stores.
    case otherStore = "other-store"
    /// Records of the journal are missing or damaged: it ends before them.
    case missingRecords = "missing-records"
}

/// Whether the folders in a data folder belong together, asked before anything in them is used or
/// made. What is missing is no sign of a first start: a volume may not be mounted.
struct StoreIdentity {
    private let data: String
    private let accepted: Set<StoreException>
    /// Whether the keys are here; a cluster's are in its engine.
    private let keepsKeys: Bool
    private var journal: String { data + "/journal" }
    private var keys: String { data + "/keys" }

    private let journalID: StoreID?
    private let keysID: StoreID?
    private let segments: Int
    /// Files in `keys/` that a store has from its first start on: leaves, and operations' keys.
    private let keyFiles: Int
    /// What else is there that no first start leaves.
    private let remains: [String]

    /// - Parameter keepsKeys: false in a cluster, whose keys are not in the data folder.
    /// - Throws: ``StartError`` where a folder cannot be read.
    init(
        data: String, accepting accepted: Set<StoreException>, keepsKeys: Bool = true
    ) throws(StartError) {
        self.data = data
        self.accepted = accepted
        self.keepsKeys = keepsKeys
        do throws(FileError) {
            let (journal, keys) = (data + "/journal", data + "/keys")
            journalID = try StoreID.read(in: journal)
            keysID = keepsKeys ? try StoreID.read(in: keys) : journalID
            segments = try Self.names(in: journal) { $0.hasSuffix(".segment") }
            keyFiles =
                keepsKeys
                ? try Self.names(in: keys) { $0.hasSuffix(".key") || $0 == "leaves" } : 0
            var remains: [String] = []
            let others: [(folder: String, ending: String)] = [
                ("exports", ".jsonl"), ("exports/orphaned", ".jsonl"),
                ("snapshots", ".snapshot"), ("archive", ".segment"),
            ]
            for other in others
            where try Self.names(in: data + "/" + other.folder, { $0.hasSuffix(other.ending) }) > 0
            {
                remains.append(other.folder + "/")
            }
            // Only a start writes it; a secret store may deliver a link to one before the first.
            let token = AdminTokens.path(in: data)
            if try File.isRegular(token) { remains.append("admin.token") }
            self.remains = remains
        } catch {
            throw .file("\(error)")
        }
    }

    /// What has the store's id: the journal first.
    private var folders: [String] { keepsKeys ? [journal, keys] : [journal] }

    private static func names(
        in folder: String, _ isMeant: (String) -> Bool
    ) throws(FileError) -> Int {
        File.exists(folder) ? try File.names(in: folder).count(where: isMeant) : 0
    }

    /// Refuses what does not belong together, and gives a new store its id.
    /// - Parameter mustExist: a first start is refused, too.
    /// - Throws: ``StartError`` that says what was found, and what to do.
    func check(mustExist: Bool, _ logger: Logger) throws(StartError) {
        if segments == 0 {
            if keyFiles == 0 && remains.isEmpty {
                guard !mustExist else { throw .file(noStore) }
                return try begin(keysID ?? journalID ?? .random(), isNew: false)
            }
            guard accepted.contains(.missingJournal) else { throw .file(noJournal) }
            logger.warning("accepted: beginning an empty journal", metadata: found)
            // Another journal is another store: what is accepted now is not accepted again.
            return try begin(.random(), isNew: true)
        }
        if keyFiles == 0, keysID == nil, journalID != nil {
            guard accepted.contains(.missingKeys) else { throw .file(noKeys) }
            logger.warning("accepted: going on without the operations' keys", metadata: found)
        }
        if let journalID, let keysID, journalID != keysID {
            guard accepted.contains(.otherStore) else { throw .file(otherStore(journalID, keysID)) }
            logger.warning("accepted: keys and journal of two stores", metadata: found)
        }
    }

    /// Gives a part its id that has none: it was written before stores had one, or by hand. That
    /// the parts go together has been seen by then: the keys of all operations were there.
    func adopt() throws(StartError) {
        // Read again: a new store has got its id by now.
        do throws(FileError) {
            let ids = try folders.map { folder throws(FileError) in try StoreID.read(in: folder) }
            // Where they differ, a person has accepted that, and the journal's counts.
            guard ids[0] == nil || ids.contains(where: { $0 != ids[0] }) else { return }
            let id = ids.compactMap(\.self).first ?? .random()
            for folder in folders { try id.write(in: folder) }
        } catch {
            throw .file("\(error)")
        }
    }

    /// Gives the folders an id, unless another process does so now or has done so just before.
    /// - Parameter isNew: the id goes in place of what is there.
    private func begin(_ id: StoreID, isNew: Bool) throws(StartError) {
        do throws(FileError) {
            for folder in folders {
                try Folder.make(folder)
                try Folder.syncName(of: folder)
            }
            // Of two first starts at once, one gives the id; the other one waits for the log's
            // lock.
            guard let lock = try LogLock(journal, with: LogLock.folders(ofStore: data)) else {
                return
            }
            defer { withExtendedLifetime(lock) {} }
            let there = try folders.map { folder throws(FileError) in try StoreID.read(in: folder) }
            if !isNew, there[0] != nil, there.allSatisfy({ $0 == there[0] }) { return }
            for folder in folders { try id.write(in: folder) }
        } catch {
            throw .file("\(error); choose another data folder with --data")
        }
    }

    // MARK: What is said

    private var found: Logger.Metadata {
        [
            "data": "\(data)", "segments": .stringConvertible(segments),
            "key_files": .stringConvertible(keyFiles),
            "journal_store": "\(journalID?.text ?? "none")",
            "keys_store": "\(keysID?.text ?? "none")",
        ]
    }

    private var noStore: String {
        "\(data): there is no store in this folder, and the setting store is \"existing\": "
            + "check that the volume is mounted; for a first start leave the setting out"
    }

    private var noJournal: String {
        let others = (keyFiles > 0 ? ["keys/ (\(keyFiles) files)"] : []) + remains
        return "\(journal): the journal is missing, while \(others.joined(separator: ", ")) of the "
            + "store \(keysID?.text ?? "without an id") is there: check that the volume is "
            + "mounted, "
            + "or restore journal/ from a backup. To begin an empty journal, in which every "
            + "operation and number begins anew, start once with --accept missing-journal"
    }

    private var noKeys: String {
        "\(keys): the keys of the store \(journalID?.text ?? "without an id") are missing, "
            + "while its "
            + "journal is there: check that the volume is mounted, or restore keys/ from a backup. "
            + "Without them nobody can read what participants gave, and operations take no "
            + "entries: to go on so, start once with --accept missing-keys"
    }

    private func otherStore(_ journalID: StoreID, _ keysID: StoreID) -> String {
        "\(data): journal/ is of the store \(journalID.text), and keys/ of the store "
            + "\(keysID.text): "
            + "put together what belongs together. If you know that these do, start once with "
            + "--accept other-store"
    }
}
