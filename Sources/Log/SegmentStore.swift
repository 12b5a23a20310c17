internal import Bytes
internal import Cryptography
internal import Files
internal import Glibc

/// A log's batches in segments on disk, as `FORMAT.md` describes them.
///
/// A thread of its own prepares the next segment; whoever owns the ``Log`` calls everything else.
final class SegmentStore: LogStore {
    private let options: LogOptions
    private let directory: String
    /// Keeps other processes out for as long as it is open.
    private let lock: LogLock
    private let preparer: SegmentPreparer
    private var sha = SHA256()

    /// The segment that is written.
    private var file: File
    private var header: SegmentHeader
    /// Where in it the next batch goes.
    private var offset: Int
    /// The segment before it, where the file is still the preparer's and not yet in its place.
    private var pendingRoll: PendingRoll?
    /// Whether the segment after this one has been asked for.
    private var hasRequestedNext = false
    /// Syncs batches some time after they were written; nil where each is synced at once.
    private var syncer: SegmentSyncer?
    /// The next segment was waited for once in vain; until it is there nobody waits again.
    private var hasWaitedInVain = false

    /// A segment that is full, and what its footer will say.
    private struct PendingRoll {
        var path: String
        var footer: SegmentFooter
        var footerOffset: Int
        /// Whether it has no batch: the new one takes its place and name, because it was made for
        /// shorter batches.
        var isReplaced: Bool
    }

    /// Made by ``open(directory:options:after:at:replay:)``.
    init(
        directory: String, options: LogOptions, lock: consuming LogLock,
        preparer: SegmentPreparer, file: consuming File, header: SegmentHeader, offset: Int
    ) {
        self.directory = directory
        self.options = options
        self.lock = lock
        self.preparer = preparer
        self.file = file
        self.header = header
        self.offset = offset
        requestNextIfDue()
    }

    deinit {
        syncer?.stop()
        preparer.stop()
        file.unlock()
    }

    // MARK: Space

    package func ensureSpace() -> Bool {
        guard placeFailure == nil else { return false }
        if hasRoom(options.maximumBatchBytes) { return true }
        hasRequestedNext = true
        let milliseconds = hasWaitedInVain ? 0 : options.preparationMilliseconds
        let isReady = preparer.waitUntilReady(milliseconds: milliseconds)
        hasWaitedInVain = !isReady
        return isReady
    }

    package var spaceFailure: FileError? { placeFailure ?? preparer.lastFailure }

    /// Why what is written now would be lost: the segment has no name any more, or was cut.
    private var placeFailure: FileError? {
        do throws(FileError) {
            let status = try file.status()
            if status.st_nlink == 0 { return FileError("go on with", file.path, ENOENT) }
            try requireWhole(Int(status.st_size))
            return nil
        } catch {
            return error
        }
    }

    /// A segment has all its bytes before it is written, and keeps them. One that has fewer was cut
    /// by somebody else (`truncate`, a log rotation's `copytruncate`): what is written behind the
    /// cut stands behind a hole, and no start reads past that.
    private func requireWhole(_ lengthBytes: Int) throws(FileError) {
        guard lengthBytes < header.segmentBytes else { return }
        throw FileError(
            "go on with", file.path, EIO,
            found: "another program has cut it to \(lengthBytes) of \(header.segmentBytes) bytes "
                + "while it was written; restore it from a backup")
    }

    package var unusedBytes: Int { max(header.usableEnd - offset, 0) }

    private func hasRoom(_ extent: Int) -> Bool {
        extent <= header.usableEnd - offset && extent <= header.maximumBatchBytes
    }

    /// For tests that make the system refuse a write.
    var descriptor: Int32 { file.descriptor }

    private func requestNextIfDue() {
        if !hasRequestedNext, offset > header.usableEnd / 2 || !hasRoom(options.maximumBatchBytes) {
            hasRequestedNext = true
            preparer.request()
        }
    }

    // MARK: Storing

    package func store(_ batch: borrowing LogBatch) throws(LogError) {
        let extent = batch.bytes.byteCount
        do {
            if let failure = syncer?.failure { throw failure }
            if !hasRoom(extent) {
                // Only the newest segment may be behind.
                try syncer?.finish()
                try roll(to: batch.header)
            }
            try file.write(batch.bytes, at: offset)
            if let syncer, pendingRoll == nil {
                try requireWhole(file.size())
                syncer.note(behind: batch.end.nextSequence, bytes: extent)
            } else {
                try file.syncData()
                // Behind the sync: whoever cut the file before it has lost what is acknowledged.
                try requireWhole(file.size())
                try finishRoll()
                try syncer?.begin(file.path, behind: batch.end.nextSequence)
            }
        } catch let error as FileError {
            throw .failed(error)
        } catch let error as LogError {
            throw error
        } catch {
            preconditionFailure("nothing else is thrown here")
        }
        offset += extent
        requestNextIfDue()
    }

    package func syncLater(
        behind written: UInt64, _ report: @escaping @Sendable (UInt64) -> Void
    ) throws(LogError) {
        precondition(syncer == nil, "asked for once")
        do throws(FileError) {
            syncer = try SegmentSyncer(file.path, behind: written, report)
        } catch {
            throw .system(error)
        }
    }

    /// Goes over to the prepared segment. Its header is written here and synced with the first
    /// batch; until ``finishRoll()`` it has no number, and a crash would leave nothing of it.
    private func roll(to batch: BatchHeader) throws {
        let milliseconds = options.preparationMilliseconds
        guard preparer.waitUntilReady(milliseconds: milliseconds), preparer.claim() else {
            throw LogError.noSpace(directory: directory)
        }
        // By its name the segment would come into whatever folder is there now.
        guard try lock.isInPlace() else { throw FileError("go on in", directory, ENOENT) }
        pendingRoll = PendingRoll(
            path: file.path,
            footer: SegmentFooter(
                nextSequence: batch.firstSequence, chain: batch.previousChain),
            footerOffset: header.usableEnd,
            isReplaced: offset == LogFormat.sectorBytes)
        header = SegmentHeader(
            segmentBytes: options.segmentBytes, firstSequence: batch.firstSequence,
            chain: batch.previousChain, created: batch.time,
            maximumBatchBytes: options.maximumBatchBytes)
        let path = directory + "/" + LogFormat.segmentName(firstSequence: batch.firstSequence)
        file = try File(preparer.sparePath, O_WRONLY, knownAs: path)
        guard try file.lock() else { throw FileError("lock", path, EWOULDBLOCK) }
        try file.write(header.encoded(&sha).bytes, at: 0)
        offset = LogFormat.sectorBytes
    }

    /// Gives the new segment its name, now that its header and first batch are durable.
    private func finishRoll() throws(FileError) {
        guard let roll = pendingRoll else { return }
        try File.rename(preparer.sparePath, to: file.path)
        try Folder.sync(directory)
        hasRequestedNext = false
        pendingRoll = nil
        if roll.isReplaced { return }
        preparer.writeFooter(
            roll.footer.encoded(&sha).bytes, path: roll.path, offset: roll.footerOffset)
    }
}
