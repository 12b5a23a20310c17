internal import Bytes
package import Files
internal import Ledger
internal import Log

/// The snapshots of one data folder, in `snapshots/`: `<number of the last record>.snapshot`.
///
/// A snapshot saves time and is never needed for the truth: one that is damaged, missing or of
/// another log is passed over, and the log is read instead.
package struct SnapshotFolder: Sendable {
    package let path: String
    private let journal: String

    /// - Parameter data: the gateway's folder.
    package init(data: String) {
        path = data + "/snapshots"
        journal = data + "/journal"
    }

    /// The paths of all snapshots, the newest first; none where there is no folder.
    package func paths() throws(FileError) -> [String] {
        guard File.exists(path) else { return [] }
        return try File.names(in: path).filter { Self.lastSequence(ofName: $0) != nil }
            .reversed().map { path + "/" + $0 }
    }

    /// The last records of all snapshots, by their names, the newest first.
    package func lastSequences() throws(FileError) -> [UInt64] {
        guard File.exists(path) else { return [] }
        return try File.names(in: path).compactMap(Self.lastSequence(ofName:)).reversed()
    }

    /// Reads a snapshot, and checks all of it.
    /// - Throws: ``FileError``; ``SnapshotError`` where it is not what was written.
    package func read(_ path: String, memoryLimitBytes: Int = .max) throws -> Snapshot {
        let snapshot = try SnapshotFile.read(path, memoryLimitBytes: memoryLimitBytes)
        let name = self.path + "/" + Self.name(lastSequence: snapshot.lastSequence)
        guard name == path else {
            throw SnapshotError.malformed("its name is another record's")
        }
        return snapshot
    }

    /// Makes a snapshot of the log as far as it is now, from the newest one that fits it.
    ///
    /// The log may be written meanwhile. Memory for the whole state is needed once more.
    /// - Parameters:
    ///   - upTo: the last record that is known to be on stable storage; later ones stay out.
    ///   - memoryLimitBytes: see ``Ledger/init(memoryLimitBytes:)``.
    ///   - isCancelled: asked between batches; where it is true, nothing is written.
    ///   - skipped: gets each older snapshot passed over, with the reason.
    /// - Returns: the path of the snapshot, and the last record in it; `nil` where there is nothing
    ///   new, another process makes one now, or it was cancelled.
    /// - Throws: ``LogError``, ``FileError``.
    package func make(
        upTo: UInt64 = .max, memoryLimitBytes: Int = .max, isCancelled: () -> Bool = { false },
        skipped: (_ path: String, _ reason: String) -> Void
    ) throws -> (path: String, lastSequence: UInt64)? {
        try Folder.make(path)
        try Folder.syncName(of: path)
        guard let lock = try FileLock(path + "/lock") else { return nil }
        defer { withExtendedLifetime(lock) {} }
        try removeUnfinished()
        do {
            for base in try paths() {
                let state = try catchUp(base, memoryLimitBytes, upTo, isCancelled, skipped)
                if let state { return try write(state, base: base, isCancelled) }
            }
            var state = Snapshot(memoryLimitBytes: memoryLimitBytes)
            try catchUp(&state, upTo: upTo, isCancelled)
            return try write(state, base: nil, isCancelled)
        } catch is SnapshotCancelled {
            return nil
        }
    }

    /// Writes the state, where there is more in it than in the snapshot that it was made from.
    /// - Returns: as ``make(upTo:memoryLimitBytes:isCancelled:skipped:)``.
    private func write(
        _ state: borrowing Snapshot, base: String?, _ isCancelled: () -> Bool
    ) throws -> (path: String, lastSequence: UInt64)? {
        let name = path + "/" + Self.name(lastSequence: state.lastSequence)
        guard name != base, state.lastSequence > 0 else { return nil }
        try SnapshotFile.write(state, to: name, isCancelled: isCancelled)
        try prune(keeping: [name, base], before: state.lastSequence)
        return (name, state.lastSequence)
    }

    /// A snapshot, and what stands behind it in the log.
    /// - Returns: nil where it cannot be used; `skipped` was told.
    /// - Throws: ``SnapshotCancelled``.
    private func catchUp(
        _ base: String, _ memoryLimitBytes: Int, _ upTo: UInt64, _ isCancelled: () -> Bool,
        _ skipped: (_ path: String, _ reason: String) -> Void
    ) throws -> Snapshot? {
        do {
            var state = try read(base, memoryLimitBytes: memoryLimitBytes)
            try catchUp(&state, upTo: upTo, isCancelled)
            return state
        } catch let error as SnapshotCancelled {
            throw error
        } catch {
            skipped(base, "\(error)")
            return nil
        }
    }

    /// Applies what stands behind the state in the log.
    private func catchUp(
        _ state: inout Snapshot, upTo: UInt64, _ isCancelled: () -> Bool
    ) throws {
        var isEnding = false
        do {
            var reader = LogReader(directory: journal, after: state.position)
            try reader.read { batch in
                if isCancelled() {
                    isEnding = true
                    throw SnapshotCancelled()
                }
                guard batch.end.nextSequence - 1 <= upTo else { return }
                try state.replay(batch)
            }
        } catch {
            if isEnding { throw SnapshotCancelled() }
            throw error
        }
    }

    /// Removes what a process left that ended while it wrote one.
    private func removeUnfinished() throws(FileError) {
        for name in try File.names(in: path) where name.hasSuffix(Self.suffix + ".new") {
            try File.remove(path + "/" + name)
        }
    }

    /// Removes snapshots that are older than the ones kept: those named, and where the new one was
    /// made from the log alone, the newest of the others.
    private func prune(keeping: [String?], before lastSequence: UInt64) throws(FileError) {
        var kept = Set(keeping.compactMap(\.self))
        for snapshot in try paths() {
            let name = String(snapshot.dropFirst(path.count + 1))
            guard let sequence = Self.lastSequence(ofName: name), sequence < lastSequence,
                !kept.contains(snapshot)
            else { continue }
            if kept.count < 2 { kept.insert(snapshot) } else { try File.remove(snapshot) }
        }
        try Folder.sync(path)
    }

    // MARK: Names

    private static var suffix: String { ".snapshot" }

    static func name(lastSequence: UInt64) -> String {
        var buffer = ByteBuffer(capacity: 32)
        buffer.append(decimal: lastSequence, width: 20)
        return buffer.text + suffix
    }

    static func lastSequence(ofName name: String) -> UInt64? {
        guard name.hasSuffix(suffix) else { return nil }
        let digits = name.dropLast(suffix.utf8.count)
        guard digits.utf8.count == 20, digits.utf8.allSatisfy(ASCII.isDigit) else { return nil }
        return UInt64(digits)
    }
}
