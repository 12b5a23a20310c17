package import Files

/// Where a log's batches are kept: segments on disk (``SegmentStore``), memory (``MemoryStore``).
///
/// A store is called once or twice a batch, by the thread that owns the ``Log``, and never per
/// record. It knows nothing of what records mean.
package protocol LogStore: AnyObject {
    /// Whether a batch of the longest kind can be stored now; may wait for a moment while space is
    /// prepared. To ask *before* anything is folded.
    func ensureSpace() -> Bool

    /// Why ``ensureSpace()`` says no, or what else could not be done in the background; nil if all
    /// is well, or if space is still being prepared.
    var spaceFailure: FileError? { get }

    /// Bytes on the disk that are the log's already and hold nothing yet, the segment being
    /// prepared left out; 0 where a store takes its room as it needs it.
    var unusedBytes: Int { get }

    /// Puts a batch on stable storage, behind all that were stored before it.
    ///
    /// - Throws: ``LogError/noSpace(directory:)`` where nothing was written and the batch may be
    ///   stored later. After any other error nobody knows what is stored: the log is not written
    ///   any more, and the next start finds out.
    func store(_ batch: borrowing LogBatch) throws(LogError)

    /// Has batches synced some time after ``store(_:)`` from now on, by a thread of its own: where
    /// they are on stable storage elsewhere before. A failure is met at the next batch.
    /// - Parameters:
    ///   - written: the number behind the last record so far.
    ///   - report: gets the number behind the last record that is synced, on whatever thread.
    func syncLater(
        behind written: UInt64, _ report: @escaping @Sendable (UInt64) -> Void
    ) throws(LogError)

    /// Whether what is stored here is still what counts, asked before anything is told that rests
    /// on it and stores nothing.
    /// - Throws: ``LogError/fenced(by:)`` where another node has taken over.
    func confirm() throws(LogError)
}

extension LogStore {
    package var unusedBytes: Int { 0 }

    /// A store of one process's own is never another's.
    package func confirm() throws(LogError) {}
}
