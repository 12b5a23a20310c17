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
        package var lastSequence: UInt64
    }

    /// Moves the segments.
    /// - Parameter skipped: gets each snapshot passed over, with the reason.
    /// - Returns: `nil` where there is no good snapshot; nothing has changed then.
    /// - Throws: ``LogError`` where the log is damaged, ``FileError``, ``LogArchiveError``.
    package func moveSegments(
        skipped: (_ path: String, _ reason: String) -> Void
    ) throws -> Result? {
        let journal = data + "/journal"
        let snapshots = SnapshotFolder(data: data)
        guard File.exists(snapshots.path) else { return nil }
        guard let lock = try FileLock(snapshots.path + "/lock") else {
            throw LogArchiveError.busy(snapshots.path)
        }
        defer { withExtendedLifetime(lock) {} }
        guard let (path, position) = try oldestFitting(snapshots, journal, skipped) else {
            return nil
        }
        let segments = try LogFormat.segments(in: journal)
        var moved: [String] = []
        // The newest stays, and the one before it, whose end may be written just now.
        for (segment, next) in zip(segments, segments.dropFirst()).dropLast()
        where next.firstSequence <= position.nextSequence {
            if moved.isEmpty {
                try Folder.make(target)
                try Folder.syncName(of: target)
            }
            try move(journal + "/" + segment.name, to: target + "/" + segment.name)
            moved.append(segment.name)
        }
        return Result(moved: moved, snapshot: path, lastSequence: position.nextSequence - 1)
    }

    /// The oldest of the good snapshots that the log comes by: each of those that are kept can
    /// then start a gateway.
    private func oldestFitting(
        _ snapshots: SnapshotFolder, _ journal: String,
        _ skipped: (_ path: String, _ reason: String) -> Void
    ) throws -> (String, LogPosition)? {
        var good: [(path: String, position: LogPosition)] = []
        for path in try snapshots.paths() {
            do {
                good.append((path, try snapshots.read(path).position))
            } catch {
                skipped(path, "\(error)")
            }
        }
        var passed: Set<UInt64> = []
        let report = try LogReader.read(directory: journal) { batch in
            for snapshot in good where snapshot.position == batch.end {
                passed.insert(batch.end.nextSequence)
            }
        }
        for snapshot in good where !passed.contains(snapshot.position.nextSequence) {
            // The log can begin right behind it, where all before was archived already.
            if snapshot.position.nextSequence == report.oldestSequence { continue }
            skipped(snapshot.path, "it is of another log")
        }
        return good.last { passed.contains($0.position.nextSequence) }
    }

    private func move(_ source: String, to destination: String) throws {
        if !File.exists(destination) {
            do {
                try File.rename(source, to: destination)
                try Folder.sync(target)
                try Folder.sync(data + "/journal")
                return
            } catch  where error.code == EXDEV {
                try copy(source, to: destination)
            }
        }
        // A copy that is there already, made just now or by a process that ended before it went on.
        guard try isSame(source, destination) else {
            throw LogArchiveError.differs(source, destination)
        }
        try File.remove(source)
        try Folder.sync(data + "/journal")
    }

    private static var chunkBytes: Int { 4 << 20 }

    private func copy(_ source: String, to destination: String) throws(FileError) {
        let file = try File(source, O_RDONLY)
        var copy = try DurableFile(destination)
        var buffer = ByteBuffer(capacity: Self.chunkBytes)
        var offset = 0
        while true {
            buffer.removeAll()
            try file.read(Self.chunkBytes, at: offset, into: &buffer)
            if buffer.count == 0 { break }
            try copy.write(buffer.bytes, at: offset)
            offset += buffer.count
        }
        try copy.commit()
    }

    private func isSame(_ one: String, _ other: String) throws(FileError) -> Bool {
        let first = try File(one, O_RDONLY)
        let second = try File(other, O_RDONLY)
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

    package var description: String {
        switch self {
        case .busy(let path):
            "\(path): a snapshot is being written; try again when it is done"
        case .differs(let source, let destination):
            "\(destination) is there and differs from \(source): archive to another folder"
        }
    }
}
