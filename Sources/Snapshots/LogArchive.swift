internal import Bytes
internal import Files
internal import Glibc
internal import Ledger
internal import Log

/// Moves segments that no start needs any more out of the log's folder: those whose records all
/// lie before a good snapshot.
///
/// What is moved is decided by identity: the snapshot is read and verified, the log is read whole
/// and must come by the snapshot's chain value, and only segments that were read there are moved,
/// the oldest first. So whatever the moment at which a process is killed, archive and rest are one
/// chain.
package struct LogArchive: Sendable {
    private let data: String
    private let target: String

    /// Where segments go that are archived without a word on where: a gateway finds them here for
    /// exports.
    package static func defaultPath(data: String) -> String { data + "/archive" }

    /// - Parameters:
    ///   - data: the gateway's folder.
    ///   - target: where segments go; made if it is not there, its parent must be.
    package init(data: String, to target: String) {
        self.data = data
        self.target = target
    }

    /// What was done.
    package struct Result: Sendable {
        /// The names of the segments that were moved, the oldest first.
        package var moved: [String]
        /// The snapshot that stands for them.
        package var snapshot: String
        /// The last record in it.
        package var lastSequence: UInt64
    }

    /// Moves the segments. A gateway may have the folder: it holds no old segment open, and begins
    /// no snapshot meanwhile.
    /// - Parameter skipped: gets each snapshot passed over, with the reason.
    /// - Returns: `nil` where there is no good snapshot; nothing has changed then.
    /// - Throws: ``LogError`` where the log is damaged, ``FileError``, ``LogArchiveError``.
    package func moveSegments(skipped: SnapshotFolder.Skipped) throws -> Result? {
        let snapshots = SnapshotFolder(data: data)
        guard File.exists(snapshots.path) else { return nil }
        guard let lock = try snapshots.lock() else {
            throw LogArchiveError.busy(snapshots.path)
        }
        defer { withExtendedLifetime(lock) {} }
        if File.exists(target), try isJournal(target) {
            throw LogArchiveError.isJournal(target)
        }
        guard let chosen = try oldestFitting(snapshots, skipped) else { return nil }
        let due = try segmentsToMove(before: chosen.position, stoppingAt: chosen.openSegments)
        if !due.isEmpty {
            try Folder.make(target)
            try Folder.syncName(of: target)
            try removeUnfinished()
        }
        for name in due { try move(journal + "/" + name, to: target + "/" + name) }
        return Result(
            moved: due, snapshot: chosen.path, lastSequence: chosen.position.nextSequence - 1)
    }

    private var journal: String { data + "/journal" }

    private func isJournal(_ folder: String) throws(FileError) -> Bool {
        try File(folder, O_RDONLY | O_DIRECTORY).isSame(as: File(journal, O_RDONLY | O_DIRECTORY))
    }

    /// The snapshot that decides what is moved, and what was found in the log on the way.
    private struct Chosen {
        var path: String
        var position: LogPosition
        /// The paths of segments that do not say yet that another one follows.
        var openSegments: Set<String>
    }

    /// The oldest of the good snapshots that the log comes by: each of those that are kept can
    /// then start a gateway.
    private func oldestFitting(
        _ snapshots: SnapshotFolder, _ skipped: SnapshotFolder.Skipped
    ) throws -> Chosen? {
        var good: [(path: String, position: LogPosition)] = []
        for path in try snapshots.paths() {
            do {
                good.append((path, try snapshots.read(path).position))
            } catch {
                skipped(path, SnapshotFolder.reason(error))
            }
        }
        var passed: Set<UInt64> = []
        var isBeginning = true
        var reader = LogReader(directory: journal)
        try reader.read { batch in
            // The log can begin right behind one, where all before was archived already.
            let start = LogPosition(
                nextSequence: batch.header.firstSequence, chain: batch.header.previousChain)
            for snapshot in good
            where snapshot.position == batch.end || isBeginning && snapshot.position == start {
                passed.insert(snapshot.position.nextSequence)
            }
            isBeginning = false
        }
        for snapshot in good where !passed.contains(snapshot.position.nextSequence) {
            skipped(snapshot.path, "does not belong to this journal")
        }
        guard let oldest = good.last(where: { passed.contains($0.position.nextSequence) }) else {
            return nil
        }
        return Chosen(
            path: oldest.path, position: oldest.position,
            openSegments: Set(reader.segmentsWithoutFooter))
    }

    /// The names of the segments that hold records before the place alone, the oldest first.
    private func segmentsToMove(
        before position: LogPosition, stoppingAt open: Set<String>
    ) throws(FileError) -> [String] {
        let segments = try LogFormat.segments(in: journal)
        // The newest stays, and the one before it, which the gateway may be closing just now.
        return zip(segments, segments.dropFirst()).dropLast()
            .prefix { segment, next in
                next.firstSequence <= position.nextSequence
                    && !open.contains(journal + "/" + segment.name)
            }
            .map { $0.0.name }
    }

    /// Removes copies that a process left unfinished.
    private func removeUnfinished() throws(FileError) {
        for name in try File.names(in: target) where LogFormat.isUnfinishedCopy(name) {
            try File.remove(target + "/" + name)
        }
    }

    private func move(_ source: String, to destination: String) throws {
        if !File.exists(destination) {
            do {
                try File.rename(source, to: destination)
                try Folder.sync(target)
                try Folder.sync(journal)
                return
            } catch  where error.code == EXDEV {
                try DurableFile.copy(File.regular(source), to: destination)
            }
        }
        // A copy that is there already, made just now or by a process that ended before it went on.
        guard try isEqual(source, destination) else {
            throw LogArchiveError.differs(source, destination)
        }
        try File.remove(source)
        try Folder.sync(journal)
    }

    private static var chunkBytes: Int { 4 << 20 }

    private func isEqual(_ one: String, _ other: String) throws(FileError) -> Bool {
        let first = try File.regular(one)
        let second = try File.regular(other)
        guard try first.size() == second.size() else { return false }
        var left = ByteBuffer(capacity: Self.chunkBytes)
        var right = ByteBuffer(capacity: Self.chunkBytes)
        var offset = 0
        while true {
            left.removeAll()
            right.removeAll()
            try first.read(Self.chunkBytes, at: offset, into: &left)
            try second.read(Self.chunkBytes, at: offset, into: &right)
            guard left.bytes.equals(right.bytes) else { return false }
            if left.count == 0 { return true }
            offset += left.count
        }
    }
}

/// Why segments are not archived.
package enum LogArchiveError: Error, Equatable, CustomStringConvertible {
    /// Another process makes a snapshot or archives now.
    case busy(String)
    /// The archive has another file under the segment's name.
    case differs(String, String)
    /// The archive would be the journal's own folder.
    case isJournal(String)

    package var description: String {
        switch self {
        case .busy(let path):
            "\(path): a snapshot is being written, or another archiving runs; try again when "
                + "it is done"
        case .differs(let source, let destination):
            "\(destination) is there and differs from \(source): archive to another folder"
        case .isJournal(let path): "\(path) is the journal's own folder: archive to another one"
        }
    }
}
