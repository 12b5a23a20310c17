package import Bytes
package import Cryptography
package import Files
package import Time

/// The durable log: batches of records, each on stable storage before ``commit(at:)`` returns.
///
/// A ``Batch`` gathers and hashes, a ``LogStore`` keeps; `FORMAT.md` beside this file describes
/// what is on the disk. One thread uses a log:
///
/// ```
/// guard log.ensureSpace() else { refuse what came; nothing has changed }
/// log.append(kind: 7) { $0.append(…) }         // as often as there are events
/// try log.commit(at: now)                      // one write, one sync
/// ```
///
/// Once a write or a sync has failed, the log takes nothing more: what is stored then is for the
/// next start to find out.
package struct Log: ~Copyable, @unchecked Sendable {
    // `@unchecked Sendable`: batch and store have this one owner.

    /// What opening it has found, and what was followed since.
    package private(set) var recovery: RecoveryReport
    /// Why it has stopped; nil while it works.
    package private(set) var failure: LogError?

    var batch: Batch
    private(set) var store: any LogStore
    private var sha = SHA256()
    private let inPlace = InPlace()

    /// - Parameters:
    ///   - store: holds what the report tells, and is written by nobody else.
    ///   - maximumBatchBytes: see ``LogOptions/maximumBatchBytes``.
    init(store: any LogStore, recovery: RecoveryReport, maximumBatchBytes: Int) {
        self.store = store
        self.recovery = recovery
        batch = Batch(after: recovery.end, maximumBytes: maximumBatchBytes)
    }

    // MARK: Gathering

    /// Records in the batch being gathered.
    package var batchRecordCount: UInt32 { batch.recordCount }

    /// The number of the batch's first record: everything before it is on stable storage.
    package var batchFirstSequence: UInt64 { batch.position.nextSequence }

    /// The last durable batch's chain value: it stands for everything before it.
    package var chain: SHA256Digest { batch.position.chain }

    /// The place behind the last durable batch.
    package var durableEnd: LogPosition { batch.position }

    /// The number that the next record appended gets.
    package var nextSequence: UInt64 { batch.nextSequence }

    /// Bytes that the batch would take on the disk, but for rounding up to a sector; 0 if empty.
    package var batchBytes: Int { batch.bytes }

    /// Bytes that the next record's content may have for the batch to stay within its limit.
    package var batchRoom: Int { batch.room }

    /// Appends a record whose content `fill` appends to the buffer; it must not do anything else
    /// to it.
    /// - Returns: the record's number.
    @discardableResult
    package mutating func append(kind: UInt8, _ fill: (inout ByteBuffer) -> Void) -> UInt64 {
        batch.append(kind: kind, fill)
    }

    /// Appends a record with these bytes.
    /// - Returns: the record's number.
    @discardableResult
    package mutating func append(kind: UInt8, _ bytes: RawSpan) -> UInt64 {
        batch.append(kind: kind, bytes)
    }

    // MARK: Space

    /// Whether a batch of the longest kind can be committed now. To ask *before* anything is
    /// folded: on a full disk the answer is false, nothing has changed, and it is true again soon
    /// after there is space. One call of the system, which sees whether the segment still has a
    /// name; where a segment has just been filled it waits for the next one to be prepared, too,
    /// ``LogOptions/preparationMilliseconds`` at most.
    package mutating func ensureSpace() -> Bool {
        failure == nil && store.ensureSpace()
    }

    /// Why ``ensureSpace()`` says no, or what else the background thread could not do.
    package var spaceFailure: FileError? { store.spaceFailure }

    /// See ``LogStore/unusedBytes``.
    package var unusedBytes: Int { store.unusedBytes }

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
        guard batch.recordCount > 0 else { return }
        try batch.complete(at: time)
        do throws(LogError) {
            try store.store(batch.completed)
        } catch {
            if case .noSpace = error { batch.reopen() } else { failure = error }
            throw error
        }
        batch.advance()
    }

    /// To ask before anything is told that rests on what is stored, and for which nothing was
    /// stored: whether this is still the one that may say so.
    /// - Throws: ``LogError/fenced(by:)``, from now on and for ever.
    package mutating func confirm() throws(LogError) {
        if let failure { throw failure }
        do throws(LogError) {
            try store.confirm()
        } catch {
            failure = error
            throw error
        }
    }

    // MARK: Several nodes

    /// Keeps batches elsewhere from now on: in the store that `wrap` makes around the one so far.
    package mutating func wrapStore(_ wrap: (any LogStore) -> any LogStore) {
        store = wrap(store)
    }

    /// Has batches synced some time after they are stored, from now on: those that a majority of
    /// the nodes' engine has synced before.
    /// - Parameter report: gets the number behind the last record that is synced here, on whatever
    ///   thread; at once where that is now.
    package mutating func syncLater(
        _ report: @escaping @Sendable (UInt64) -> Void
    ) throws(LogError) {
        try store.syncLater(behind: batch.position.nextSequence, report)
    }

    /// What was replayed cannot be stored later: the state is ahead of the log.
    private func storeFollowed(_ batch: borrowing LogBatch) throws(LogError) {
        do throws(LogError) {
            try store.store(batch)
        } catch {
            guard case .noSpace(let directory) = error else { throw error }
            throw .unusable(
                "\(directory) has no room for record \(batch.header.firstSequence), which was "
                    + "decided here")
        }
    }

    /// Stores a batch that another node has appended to the log that this one is a copy of.
    ///
    /// - Parameters:
    ///   - bytes: as they were stored there.
    ///   - replay: gets the batch, once it is known to continue this log; what it throws stops
    ///     the log before the batch is stored; of its own errors a ``LogError`` is passed on.
    /// - Throws: ``LogError/noSpace(directory:)`` before anything has changed;
    ///   ``LogError/diverges(sequence:found:)`` where the bytes are no batch, or not the one that
    ///   comes next; what storing them throws.
    /// - Precondition: no record waits to be committed.
    package mutating func follow(
        _ bytes: RawSpan, _ replay: (borrowing LogBatch) throws -> Void
    ) throws(LogError) {
        precondition(batch.recordCount == 0, "who follows has no records of its own")
        if let failure { throw failure }
        guard store.ensureSpace() else { throw .noSpace(directory: "of this node") }
        do throws(LogError) {
            let next = try LogBatch(verifying: bytes, after: batch.position, &sha)
            do {
                try replay(next)
            } catch let error as LogError {
                throw error
            } catch {
                throw LogError.diverges(
                    sequence: next.header.firstSequence,
                    found: "is decided otherwise here: \(error)")
            }
            try storeFollowed(next)
            batch.advance(to: next.end)
            recovery.add(next)
        } catch {
            failure = error
            throw error
        }
    }
}
