internal import Files
internal import Glibc
internal import Synchronization
internal import Threads
internal import Time

/// A thread that syncs a segment some time after batches were written into it: a tenth of a second,
/// or as soon as 8 MiB wait. Of batches that are on stable storage elsewhere already.
///
/// Only the newest segment is ever behind: before another one begins, the store syncs what is left
/// (``finish()``).
final class SegmentSyncer: Sendable {
    private struct State {
        /// The number behind the last record that was written, and behind the last that is synced.
        var written: UInt64
        var synced: UInt64
        var waitingBytes = 0
        var failure: FileError?
    }

    private let state: Mutex<State>
    /// The newest segment, by a descriptor of its own. Held while it is synced: of two syncs one
    /// waits.
    private let file: Mutex<File?>
    private let thread = StoppableThread()
    /// Gets the number behind the last synced record.
    private let report: @Sendable (UInt64) -> Void

    private static var pauseMilliseconds: Int32 { 10 }
    private static var intervalNanoseconds: UInt64 { 100_000_000 }
    private static var maximumBytes: Int { 8 << 20 }

    /// - Parameters:
    ///   - path: of the newest segment.
    ///   - written: the number behind its last record.
    init(
        _ path: String, behind written: UInt64, _ report: @escaping @Sendable (UInt64) -> Void
    ) throws(FileError) {
        file = Mutex(try File(path, O_WRONLY))
        state = Mutex(State(written: written, synced: written))
        self.report = report
        // What an earlier process wrote last may not be on the disk yet.
        try file.withLock { file throws(FileError) in try file?.syncData() }
        do throws(ThreadFailure) {
            try thread.start(name: "journal-sync") { [self] in run() }
        } catch {
            throw FileError("start a thread for", "the journal's syncs", error.code)
        }
        report(written)
    }

    /// Why a sync failed: the store takes nothing more.
    var failure: FileError? { state.withLock { $0.failure } }

    /// A segment has begun, and all of it so far is synced.
    func begin(_ path: String, behind written: UInt64) throws(FileError) {
        try file.withLock { file throws(FileError) in file = try File(path, O_WRONLY) }
        state.withLock { state in
            (state.written, state.synced, state.waitingBytes) = (written, written, 0)
        }
        report(written)
    }

    /// A batch was written.
    func note(behind written: UInt64, bytes: Int) {
        state.withLock { state in
            state.written = written
            state.waitingBytes += bytes
        }
    }

    /// Syncs all that was written, before it returns.
    func finish() throws(FileError) {
        sync()
        if let failure { throw failure }
    }

    func stop() { thread.stop {} }

    // MARK: The thread

    private func run() {
        var syncedAt = SystemClock.monotonicNanoseconds()
        while !thread.isStopping {
            _ = poll(nil, 0, Self.pauseMilliseconds)
            let now = SystemClock.monotonicNanoseconds()
            let isDue = state.withLock { state in
                state.failure == nil && state.written > state.synced
                    && (state.waitingBytes >= Self.maximumBytes
                        || now - syncedAt >= Self.intervalNanoseconds)
            }
            guard isDue else { continue }
            syncedAt = now
            sync()
        }
        sync()
    }

    private func sync() {
        file.withLock { file in
            let (target, isDue) = state.withLock { state in
                (state.written, state.failure == nil && state.written > state.synced)
            }
            guard isDue else { return }
            do throws(FileError) {
                try file?.syncData()
            } catch {
                return state.withLock { $0.failure = error }
            }
            state.withLock { state in
                state.synced = max(state.synced, target)
                // What came meanwhile counts anew.
                if state.written == target { state.waitingBytes = 0 }
            }
            report(target)
        }
    }
}
