internal import Files
internal import Log
internal import Snapshots

/// The names that a start of the gateway would look for, and what they led to.
struct WatchedStore: Sendable {
    private let pinned: [PinnedPath]
    private let journal: String
    /// Nil where the keys are not in the data folder.
    private let keys: String?
    private let snapshots: SnapshotFolder
    /// The segments that were there at the last look, by their first records.
    private var segments: [UInt64] = []
    /// The newest of them: a start goes on in it.
    private var newest: PinnedPath?
    private var segmentSizes: WatchedSizes
    private var keySizes: WatchedSizes?
    /// A file that was cut. Nobody but a start can tell whether what is put back is whole.
    private var cut: String?
    /// Keys that were missing at the start, which a person has accepted.
    private let missingKeys: Set<String>
    /// When names in the folders changed last, as of the last listing.
    private var listed: (journal: Int64, keys: Int64) = (.min, .min)

    /// - Parameters:
    ///   - keepsKeys: false in a cluster, whose keys are not in the data folder.
    ///   - standing: the keys of operations that stand.
    init(
        data: String, keepsKeys: Bool, standing: () -> Set<String>
    ) throws(FileError) {
        journal = data + "/journal"
        keys = keepsKeys ? data + "/keys" : nil
        snapshots = SnapshotFolder(data: data)
        segmentSizes = WatchedSizes(journal, mayShrink: false)
        keySizes = keys.map { WatchedSizes($0, mayShrink: true) }
        var pinned: [PinnedPath] = []
        let paths = [data, journal, keys, journal + "/" + LogFormat.lockName]
        for path in paths.compactMap(\.self) {
            pinned.append(try PinnedPath(path))
        }
        self.pinned = pinned
        missingKeys =
            try keys.map { keys throws(FileError) in
                standing().subtracting(try Self.keyIDs(in: keys))
            } ?? []
    }

    /// What has been lost, as a sentence's end; nil while all is there.
    /// - Parameter standing: the keys of operations that stand.
    mutating func finding(standing: () -> Set<String>) -> String? {
        if let cut { return cut }
        for path in pinned {
            if let finding = path.finding() { return finding }
        }
        do throws(FileError) {
            if let finding = try journalFinding() { return finding }
            if let finding = try keysFinding(standing) { return finding }
            cut = try sizesFinding(standing)
            return cut
        } catch {
            return "\(error)"
        }
    }

    private mutating func sizesFinding(
        _ standing: () -> Set<String>
    ) throws(FileError) -> String? {
        if let finding = newest?.cut() { return finding }
        if let finding = try segmentSizes.finding({ _ in true }) { return finding }
        return try keySizes?.finding { name in
            // What is left of another operation's is nobody's loss.
            name == Self.leavesName
                || standing().contains { $0 + Self.keySuffix == name }
        }
    }

    // MARK: Segments

    private mutating func journalFinding() throws(FileError) -> String? {
        let modified = try FileIdentity(journal)?.modified ?? .min
        if modified != listed.journal {
            let found = try LogFormat.segments(in: journal).map(\.firstSequence)
            if let lost = try firstLost(found) {
                return
                    "\(journal)/\(LogFormat.segmentName(firstSequence: lost)) was removed or "
                    + "renamed"
            }
            if let last = found.last, last != segments.last {
                newest = try PinnedPath(
                    journal + "/" + LogFormat.segmentName(firstSequence: last))
            }
            try segmentSizes.list(found.map(LogFormat.segmentName(firstSequence:)))
            segments = found
            listed.journal = modified
        }
        return newest?.finding()
    }

    /// The first segment that was there and is not any more, but for those that were archived:
    /// the oldest ones, in order, where a snapshot stands for them.
    private func firstLost(_ found: [UInt64]) throws(FileError) -> UInt64? {
        let missing = Set(segments).subtracting(found)
        guard let lowest = missing.min() else { return nil }
        guard let oldest = found.first else { return lowest }
        if let later = missing.filter({ $0 > oldest }).min() { return later }
        return try snapshots.lastSequences().contains { $0 + 1 >= oldest } ? nil : lowest
    }

    // MARK: Keys

    private mutating func keysFinding(_ standing: () -> Set<String>) throws(FileError) -> String? {
        guard let keys else { return nil }
        let modified = try FileIdentity(keys)?.modified ?? .min
        guard modified != listed.keys else { return nil }
        // An operation that was retired between the two questions is not in the second answer.
        let before = standing().subtracting(missingKeys)
        let found = try Self.keyIDs(in: keys)
        let missing = before.subtracting(found).intersection(standing())
        if let lost = missing.min() { return "\(keys)/\(lost).key was removed or renamed" }
        guard File.exists(keys + "/leaves") else { return "\(keys)/leaves was removed or renamed" }
        try keySizes?.list(found.map { $0 + Self.keySuffix } + [Self.leavesName])
        listed.keys = modified
        return nil
    }

    private static func keyIDs(in folder: String) throws(FileError) -> Set<String> {
        Set(
            try File.names(in: folder).filter { $0.hasSuffix(keySuffix) }
                .map { String($0.dropLast(keySuffix.utf8.count)) })
    }

    private static var keySuffix: String { ".key" }
    private static var leavesName: String { "leaves" }
}
