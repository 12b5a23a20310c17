internal import Bytes
package import Files
internal import Ledger
package import Log
internal import Playback

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
        guard self.path(lastSequence: snapshot.lastSequence) == path else {
            throw SnapshotError.malformed(
                "it stands behind record \(snapshot.lastSequence), not behind that of its name")
        }
        return snapshot
    }

    /// The newest snapshot that is good and of this log, and what stands behind it in the log.
    /// - Parameter skipped: gets each snapshot passed over, with the reason.
    /// - Returns: nil where there is none.
    /// - Throws: ``LogError`` where the log behind it cannot be read; ``FileError``.
    package func current(skipped: Skipped) throws -> Snapshot? {
        for path in try paths() {
            if let state = try catchUp(path, Bounds(), readJournal, skipped) { return state }
        }
        return nil
    }

    /// Gets a snapshot that was passed over, and why.
    package typealias Skipped = (_ path: String, _ reason: String) -> Void

    // MARK: Starting

    /// Opens a log from the newest snapshot that is good and of this log, or from the log alone.
    /// - Parameters:
    ///   - state: before the first record; on return, as of the log's end.
    ///   - end: on return, the last record of the snapshot that was used; 0 for none.
    ///   - skipped: gets each snapshot passed over, with the reason.
    ///   - open: opens the log behind the state's position, and applies what stands there.
    /// - Throws: ``FileError``, and what opening the log throws where no snapshot is to blame.
    package func recover(
        _ state: inout Snapshot, end: inout UInt64, skipped: Skipped,
        open: (inout Snapshot) throws -> Log
    ) throws -> Log {
        for path in try paths() {
            do {
                var candidate = try read(path)
                let last = candidate.lastSequence
                let log = try open(&candidate)
                state = candidate
                end = last
                return log
            } catch let error where Self.isPassedOver(error) {
                skipped(path, Self.reason(error))
            }
        }
        end = 0
        return try open(&state)
    }

    // MARK: Making

    /// What came of making a snapshot.
    package enum Outcome: Equatable, Sendable {
        case written(path: String, lastSequence: UInt64)
        /// There are no records behind the newest one.
        case nothingNew
        /// Another process makes one, or archives segments.
        case busy
        case cancelled
    }

    /// What bounds the making of a snapshot.
    package struct Bounds {
        /// The last record that is known to be on stable storage; later ones stay out.
        package var upTo: UInt64 = .max
        /// See ``Ledger/init(memoryLimitBytes:)``.
        package var memoryLimitBytes: Int = .max
        /// Asked between batches; where it is true, nothing is written.
        package var isCancelled: () -> Bool = { false }

        package init(
            upTo: UInt64 = .max, memoryLimitBytes: Int = .max,
            isCancelled: @escaping () -> Bool = { false }
        ) {
            self.upTo = upTo
            self.memoryLimitBytes = memoryLimitBytes
            self.isCancelled = isCancelled
        }
    }

    /// Makes a snapshot of the log as far as it is now, from the newest one that fits it.
    ///
    /// The log may be written meanwhile. Memory for the whole state is needed once more.
    /// - Parameter skipped: gets each older snapshot passed over, with the reason.
    /// - Throws: ``LogError``, ``FileError``; ``SnapshotError/noMemory`` where the state does not
    ///   fit. Then nothing has changed.
    package func make(_ bounds: Bounds = Bounds(), skipped: Skipped) throws -> Outcome {
        try make(bounds, skipped: skipped, source: readJournal)
    }

    private func readJournal(
        after position: LogPosition, _ body: (borrowing LogBatch) throws -> Void
    ) throws {
        var reader = LogReader(directory: journal, after: position)
        try reader.read(body)
    }

    /// Reads the log behind a position, batch by batch.
    typealias LogSource = (LogPosition, (borrowing LogBatch) throws -> Void) throws -> Void

    /// Makes a snapshot of a log that is read by `source`.
    func make(_ bounds: Bounds, skipped: Skipped, source: LogSource) throws -> Outcome {
        try Folder.make(path)
        try Folder.syncName(of: path)
        guard let lock = try lock() else { return .busy }
        defer { withExtendedLifetime(lock) {} }
        removeUnfinished(skipped)
        var unusable: Set<String> = []
        do {
            for base in try paths() {
                if let state = try catchUp(base, bounds, source, skipped) {
                    return try write(state, base: base, unusable, bounds, skipped)
                }
                unusable.insert(base)
            }
            var state = Snapshot(memoryLimitBytes: bounds.memoryLimitBytes)
            try catchUp(&state, bounds, source)
            return try write(state, base: nil, unusable, bounds, skipped)
        } catch is SnapshotCancelled {
            return .cancelled
        }
    }

    /// Keeps other processes from making snapshots and from archiving.
    /// - Returns: nil where another one has it.
    func lock() throws(FileError) -> FileLock? { try FileLock(path + "/lock") }

    /// Writes the state, where there is more in it than in the snapshot that it was made from.
    private func write(
        _ state: borrowing Snapshot, base: String?, _ unusable: Set<String>, _ bounds: Bounds,
        _ skipped: Skipped
    ) throws -> Outcome {
        let name = path(lastSequence: state.lastSequence)
        guard name != base, state.lastSequence > 0 else { return .nothingNew }
        try SnapshotFile.write(state, to: name, isCancelled: bounds.isCancelled)
        try prune(behind: name, base: base, unusable, skipped)
        return .written(path: name, lastSequence: state.lastSequence)
    }

    /// A snapshot, and what stands behind it in the log.
    /// - Returns: nil where it cannot be used; `skipped` has the reason then.
    /// - Throws: ``SnapshotCancelled``; ``LogError`` where the log behind it cannot be read, which
    ///   no other snapshot would change; ``SnapshotError/noMemory``.
    private func catchUp(
        _ base: String, _ bounds: Bounds, _ source: LogSource, _ skipped: Skipped
    ) throws -> Snapshot? {
        do {
            var state = try read(base, memoryLimitBytes: bounds.memoryLimitBytes)
            try catchUp(&state, bounds, source)
            return state
        } catch let error where Self.isOfSnapshot(error) {
            skipped(base, Self.reason(error))
            return nil
        }
    }

    /// Applies what stands behind the state in the log.
    private func catchUp(
        _ state: inout Snapshot, _ bounds: Bounds, _ source: LogSource
    ) throws {
        var failure: (any Error)?
        do {
            try source(state.position) { batch in
                do {
                    if bounds.isCancelled() { throw SnapshotCancelled() }
                    guard batch.end.nextSequence - 1 <= bounds.upTo else { return }
                    try state.replay(batch)
                } catch {
                    failure = error
                    throw error
                }
            }
        } catch {
            guard let failure else { throw error }
            if let error = failure as? PlaybackError, error.isMemory {
                throw SnapshotError.noMemory
            }
            throw failure
        }
    }

    /// Whether a start passes the snapshot over that met this error: another one, or the log alone,
    /// may do. Where the log is damaged or in use, neither does.
    private static func isPassedOver(_ error: any Error) -> Bool {
        // A start has no second state in memory: the log alone may give a smaller one.
        error as? SnapshotError == .noMemory || isOfSnapshot(error)
    }

    /// Whether the snapshot is to blame for an error, and another one may do.
    private static func isOfSnapshot(_ error: any Error) -> Bool {
        switch error {
        case SnapshotError.noMemory, is SnapshotCancelled: false
        case is SnapshotError, is PlaybackError, is FileError: true
        case LogError.positionMissing, LogError.earlierSegmentsMissing, LogError.replayFailed: true
        default: false
        }
    }

    /// What is wrong with a snapshot, from an error that reading it or the log behind it has met.
    static func reason(_ error: any Error) -> String {
        switch error {
        case LogError.positionMissing: "does not belong to this journal: \(error)"
        case LogError.earlierSegmentsMissing(_, let due, let oldest):
            "the journal begins behind it: records \(due) to \(oldest - 1) are not there"
        case is PlaybackError, LogError.replayFailed:
            "the journal behind it does not follow from it: \(error)"
        default: "\(error)"
        }
    }

    // MARK: Tidying

    /// Removes what a process left that ended while it wrote a snapshot, unless one writes now.
    /// - Parameter skipped: gets what cannot be removed.
    package func tidy(skipped: Skipped) {
        guard File.exists(path) else { return }
        do throws(FileError) {
            guard let lock = try lock() else { return }
            removeUnfinished(skipped)
            withExtendedLifetime(lock) {}
        } catch {
            skipped(path, "\(error)")
        }
    }

    private func removeUnfinished(_ skipped: Skipped) {
        do {
            for name in try File.names(in: path) where name.hasSuffix(Self.suffix + ".new") {
                remove(path + "/" + name, skipped)
            }
        } catch {
            skipped(path, "\(error)")
        }
    }

    /// Removes snapshots that are older than the new one, but for the one that it was made from;
    /// where that is none, but for the newest that can be used.
    private func prune(
        behind new: String, base: String?, _ unusable: Set<String>, _ skipped: Skipped
    ) throws(FileError) {
        var kept = Set([new, base].compactMap(\.self))
        // The names sort as the numbers do.
        for snapshot in try paths() where snapshot < new && !kept.contains(snapshot) {
            if kept.count < 2, !unusable.contains(snapshot) {
                kept.insert(snapshot)
            } else {
                remove(snapshot, skipped)
            }
        }
        try Folder.sync(path)
    }

    /// What cannot be removed, such as a folder of that name, is in nobody's way.
    private func remove(_ file: String, _ skipped: Skipped) {
        do throws(FileError) {
            try File.remove(file)
        } catch {
            skipped(file, "\(error)")
        }
    }

    // MARK: Names

    private static var suffix: String { ".snapshot" }

    /// Where the snapshot behind a record is.
    package func path(lastSequence: UInt64) -> String {
        path + "/" + Self.name(lastSequence: lastSequence)
    }

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
