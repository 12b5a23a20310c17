package import Bytes
package import Cryptography
package import Files
internal import Glibc
package import Time

/// The durable log: batches of records, each on stable storage before ``commit(at:)`` returns.
///
/// `FORMAT.md` beside this file describes what is on the disk. One thread uses a log:
///
/// ```
/// guard log.ensureSpace() else { refuse what came; nothing has changed }
/// log.append(kind: 7) { $0.append(…) }         // as often as there are events
/// try log.commit(at: now)                      // one write, one sync
/// ```
///
/// Once a write or a sync has failed, the log takes nothing more: what is on the disk then is
/// for the next start to find out.
package struct Log: ~Copyable, @unchecked Sendable {
    // `@unchecked Sendable`: everything here has this one owner; the preparer has its own lock.

    /// What opening it has found.
    package let recovery: RecoveryReport
    /// Why it has stopped; nil while it works.
    package private(set) var failure: LogError?

    private let options: LogOptions
    private let directory: String
    /// Keeps other processes out for as long as it is open.
    private let lock: FileLock
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
    private var segmentsBytes: Int

    /// The batch being gathered: room for its header, then the records.
    private var batch: ByteBuffer
    /// Records in it.
    package private(set) var batchRecordCount: UInt32 = 0
    /// The number of its first record: everything before it is on stable storage.
    package private(set) var batchFirstSequence: UInt64
    /// The last durable batch's chain value: it stands for everything before it.
    package private(set) var chain: SHA256Digest

    /// A segment that is full, and what its footer will say.
    struct PendingRoll {
        var path: String
        var footer: SegmentFooter
        var footerOffset: Int
        /// Bytes of a segment without a batch, which the new one takes the place and name of: it
        /// was made for shorter batches. 0 for any other.
        var replacedBytes: Int
    }

    /// Made by ``open(directory:options:at:replay:)``.
    init(
        directory: String, options: LogOptions, lock: consuming FileLock,
        preparer: SegmentPreparer, recovery: RecoveryReport, file: consuming File,
        header: SegmentHeader, offset: Int
    ) {
        self.directory = directory
        self.options = options
        self.lock = lock
        self.preparer = preparer
        self.recovery = recovery
        self.file = file
        self.header = header
        self.offset = offset
        segmentsBytes = recovery.bytes
        batchFirstSequence = recovery.nextSequence
        chain = recovery.chain
        batch = ByteBuffer(capacity: options.maximumBatchBytes + LogFormat.sectorBytes)
        discardBatch()
        requestNextIfDue()
    }

    deinit {
        preparer.stop()
    }

    // MARK: Gathering

    /// The number that the next record appended gets.
    package var nextSequence: UInt64 { batchFirstSequence + UInt64(batchRecordCount) }

    /// Bytes that the batch would take on the disk, but for rounding up to a sector; 0 if empty.
    package var batchBytes: Int {
        batchRecordCount == 0 ? 0 : batch.count + LogFormat.chainBytes
    }

    /// Bytes that the next record's content may have for the batch to stay within its limit.
    package var batchRoom: Int {
        options.maximumBatchBytes - batch.count - LogFormat.chainBytes
            - LogFormat.recordHeaderBytes
    }

    /// Appends a record whose content `fill` appends to the buffer; it must not do anything else
    /// to it.
    /// - Returns: the record's number.
    @discardableResult
    package mutating func append(kind: UInt8, _ fill: (inout ByteBuffer) -> Void) -> UInt64 {
        let start = batch.count
        batch.append(littleEndian: UInt32(0))
        fill(&batch)
        let length = batch.count - start - LogFormat.recordHeaderBytes
        precondition(length >= 0, "a record's content is appended behind what was there")
        // A length that does not fit its 24 bits is over every batch's limit: never written.
        let word = UInt32(truncatingIfNeeded: length) << 8 | UInt32(kind)
        batch.overwrite(littleEndian: word, at: start)
        batchRecordCount += 1
        return nextSequence - 1
    }

    /// Appends a record with these bytes.
    /// - Returns: the record's number.
    @discardableResult
    package mutating func append(kind: UInt8, _ bytes: RawSpan) -> UInt64 {
        batch.reserve(bytes.byteCount + LogFormat.recordHeaderBytes)
        batch.append(
            littleEndian: UInt32(truncatingIfNeeded: bytes.byteCount) << 8 | UInt32(kind))
        batch.append(bytes)
        batchRecordCount += 1
        return nextSequence - 1
    }

    /// Forgets the records that have not been committed.
    package mutating func discardBatch() {
        batch.removeAll()
        batch.append(zeros: LogFormat.batchHeaderBytes)
        batchRecordCount = 0
    }

    // MARK: Space

    /// Whether a batch of the longest kind can be committed now. To ask *before* anything is
    /// folded: on a full disk the answer is false, nothing has changed, and it is true again soon
    /// after there is space. One comparison, except where a segment has just been filled: then it
    /// waits for the next one to be prepared.
    package mutating func ensureSpace() -> Bool {
        guard failure == nil else { return false }
        if hasRoom(options.maximumBatchBytes) { return true }
        hasRequestedNext = true
        return preparer.waitUntilReady()
    }

    /// Why ``ensureSpace()`` says no, or what else the background thread could not do.
    package var spaceFailure: FileError? { preparer.lastFailure }

    /// Bytes of all segments, the prepared one included.
    package var bytesOnDisk: Int {
        segmentsBytes + (preparer.hasSpare ? options.segmentBytes : 0)
    }

    private func hasRoom(_ extent: Int) -> Bool {
        extent <= header.usableEnd - offset && extent <= header.maximumBatchBytes
    }

    /// For tests that make the system refuse a write.
    var descriptor: Int32 { file.descriptor }

    private mutating func requestNextIfDue() {
        if !hasRequestedNext, offset > header.usableEnd / 2 || !hasRoom(options.maximumBatchBytes) {
            hasRequestedNext = true
            preparer.request()
        }
    }

    // MARK: Committing

    /// Puts the batch on stable storage; an empty one is nothing to do.
    ///
    /// - Parameter time: what the batch's header says; the log reads no clock.
    /// - Throws: ``LogError/batchTooLarge(bytes:limit:)`` and
    ///   ``LogError/noSpace(directory:)``
    ///   before anything is written; then the batch is kept. Otherwise
    ///   ``LogError/failed(_:)``, from now on and for ever.
    package mutating func commit(at time: Timestamp) throws(LogError) {
        if let failure { throw failure }
        guard batchRecordCount > 0 else { return }
        let payloadBytes = batch.count - LogFormat.batchHeaderBytes
        let extent = LogFormat.extent(payloadBytes: payloadBytes)
        guard extent <= options.maximumBatchBytes else {
            throw .batchTooLarge(bytes: extent, limit: options.maximumBatchBytes)
        }
        do {
            if !hasRoom(extent) { try roll(at: time) }
            let batchHeader = BatchHeader(
                firstSequence: batchFirstSequence, recordCount: batchRecordCount,
                payloadBytes: UInt32(payloadBytes), time: time, previousChain: chain)
            let newChain = batchHeader.complete(&batch, &sha)
            try file.write(batch.bytes, at: offset)
            try file.syncData()
            try finishRoll()
            chain = newChain
        } catch let error as FileError {
            failure = .failed(error)
            throw .failed(error)
        } catch let error as LogError {
            throw error
        } catch {
            preconditionFailure("nothing else is thrown here")
        }
        offset += extent
        batchFirstSequence += UInt64(batchRecordCount)
        discardBatch()
        requestNextIfDue()
    }

    /// Goes over to the prepared segment. Its header is written here and synced with the first
    /// batch; until ``finishRoll()`` it has no number, and a crash would leave nothing of it.
    private mutating func roll(at time: Timestamp) throws {
        guard preparer.waitUntilReady(), preparer.claim() else {
            throw LogError.noSpace(directory: directory)
        }
        pendingRoll = PendingRoll(
            path: file.path,
            footer: SegmentFooter(nextSequence: batchFirstSequence, chain: chain),
            footerOffset: header.usableEnd,
            replacedBytes: offset == LogFormat.sectorBytes ? header.segmentBytes : 0)
        header = SegmentHeader(
            segmentBytes: options.segmentBytes, firstSequence: batchFirstSequence, chain: chain,
            created: time, maximumBatchBytes: options.maximumBatchBytes)
        let path = directory + "/" + LogFormat.segmentName(firstSequence: batchFirstSequence)
        file = try File(preparer.sparePath, O_WRONLY, knownAs: path)
        try file.write(header.encoded(&sha).bytes, at: 0)
        offset = LogFormat.sectorBytes
    }

    /// Gives the new segment its name, now that its header and first batch are durable.
    private mutating func finishRoll() throws(FileError) {
        guard let roll = pendingRoll else { return }
        try File.rename(preparer.sparePath, to: file.path)
        try Folder.sync(directory)
        segmentsBytes += header.segmentBytes - roll.replacedBytes
        hasRequestedNext = false
        pendingRoll = nil
        if roll.replacedBytes > 0 { return }
        preparer.writeFooter(
            roll.footer.encoded(&sha).bytes, path: roll.path, offset: roll.footerOffset)
    }
}
