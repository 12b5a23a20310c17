internal import Bytes
internal import LockFree
internal import Log
internal import Synchronization
internal import Threads

/// Reads batches of this node's journal for a node that lacks them and that the log has them for no
/// more: one node at a time, on a thread of its own, for as long as it is asked. The thread of the
/// links takes what was read, a chunk at a time, as its sockets take it; the reading waits for that
/// thread and never the other way round.
final class BatchDesk: Sendable {
    private let journal: String
    private let status: ClusterStatus
    /// Wakes the thread of the links.
    private let bell: Doorbell
    private let state = Mutex(State())

    private struct State {
        /// The peer that what is read is for; nil while nothing is.
        var peer: UInt64?
        var chunks: [[UInt8]] = []
        var waitingBytes = 0
        /// Whether the thread goes on to read.
        var isReading = false
        /// Whether nobody wants what is read any more.
        var isCancelled = false
        var isStopped = false
        var thread: SystemThread?

        mutating func add(_ chunk: [UInt8]) {
            chunks.append(chunk)
            waitingBytes += chunk.count
        }

        mutating func cancel() {
            isCancelled = true
            chunks = []
            waitingBytes = 0
        }
    }

    /// What came of a batch that was read.
    private enum Stop: Error {
        case complete, cancelled, tooLong
    }

    /// Bytes of a chunk, or a batch more: it goes in one piece, and answers to entries that come
    /// over other links wait for no longer than that takes.
    private static var chunkBytes: Int { 256 << 10 }
    /// Bytes that may wait for the socket. With the chunk in hand and what the reader has of a
    /// segment (4 MiB) it is what this takes of memory.
    private static var maximumWaitingBytes: Int { 1 << 20 }
    /// Behind each chunk, so that a disk and a core that entries need too are left to them: 64 MiB
    /// a second, several times what a cluster writes.
    private static var pauseSeconds: Double { 0.004 }

    /// - Parameters:
    ///   - journal: the folder with the segments of this node.
    ///   - bell: wakes the thread that calls ``next()``.
    init(_ journal: String, _ status: ClusterStatus, _ bell: Doorbell) {
        self.journal = journal
        self.status = status
        self.bell = bell
    }

    // MARK: The thread of the links

    /// Begins to read for a peer.
    /// - Returns: why it does not; nil where it does.
    func begin(_ request: BatchRequest, for peer: UInt64) -> BatchesEnd? {
        // What this node alone has may be no part of the log.
        guard status.isPartOfLog else { return BatchesEnd(.unfit, record: request.first) }
        return state.withLock { state in
            guard !state.isStopped, state.peer == nil else {
                return BatchesEnd(.busy, record: request.first)
            }
            do throws(ThreadFailure) {
                // It waits for the lock: the rest is set before it looks.
                state.thread = try SystemThread(name: "batches") { [self] in read(request) }
            } catch {
                return BatchesEnd(.unfit, record: request.first)
            }
            state.peer = peer
            state.isReading = true
            state.isCancelled = false
            return nil
        }
    }

    /// The peer for which a chunk waits; nil for none.
    var waitingPeer: UInt64? { state.withLock { $0.chunks.isEmpty ? nil : $0.peer } }

    /// The next chunk, for ``waitingPeer``: whole frames.
    func next() -> [UInt8]? {
        state.withLock { state in
            guard !state.chunks.isEmpty else { return nil }
            let chunk = state.chunks.removeFirst()
            state.waitingBytes -= chunk.count
            if state.chunks.isEmpty, !state.isReading { state.peer = nil }
            return chunk
        }
    }

    /// A peer is gone: what is read for it is nobody's.
    func end(_ peer: UInt64) {
        state.withLock { state in
            guard state.peer == peer else { return }
            state.cancel()
            if !state.isReading { state.peer = nil }
        }
    }

    /// Ends the reading, and waits for its thread.
    func stop() {
        let thread = state.withLock { state in
            state.cancel()
            state.isStopped = true
            return state.thread.take()
        }
        thread?.join()
    }

    // MARK: The thread that reads

    private func read(_ request: BatchRequest) {
        var chunk = ByteBuffer(capacity: Self.chunkBytes)
        let ending = readBatches(request, &chunk)
        ending.append(to: &chunk)
        state.withLock { state in
            state.isReading = false
            if state.isCancelled {
                state.peer = nil
            } else {
                state.add(chunk.bytes.array)
            }
        }
        bell.ring()
    }

    /// - Parameter chunk: holds in the end what was not passed on.
    private func readBatches(_ request: BatchRequest, _ chunk: inout ByteBuffer) -> BatchesEnd {
        var reader = LogReader(directory: journal, from: request.first)
        var stop: Stop?
        do throws(LogError) {
            try reader.read { batch in
                do throws(Stop) {
                    try append(batch, request, to: &chunk)
                } catch {
                    stop = error
                    throw error
                }
            }
            return BatchesEnd(.sent, record: reader.report.nextSequence)
        } catch {
            let next = max(reader.report.nextSequence, request.first)
            switch stop {
            case .complete, .cancelled: return BatchesEnd(.sent, record: next)
            case .tooLong: return BatchesEnd(.tooLong, record: next)
            case nil: break
            }
            if case .earlierSegmentsMissing(_, _, let oldest) = error {
                return BatchesEnd(.archived, record: oldest)
            }
            return BatchesEnd(.unfit, record: next)
        }
    }

    private func append(
        _ batch: borrowing LogBatch, _ request: BatchRequest, to chunk: inout ByteBuffer
    ) throws(Stop) {
        guard batch.header.firstSequence < request.below else { throw .complete }
        guard batch.bytes.byteCount <= EtcdLimits.batchBytes else { throw .tooLong }
        let start = chunk.beginFrame(.batch)
        chunk.append(batch.bytes)
        chunk.endFrame(at: start, count: 0)
        guard chunk.count >= Self.chunkBytes else { return }
        try pass(chunk.bytes.array)
        chunk.removeAll()
    }

    /// Waits until there is room for a chunk, and adds it.
    private func pass(_ chunk: [UInt8]) throws(Stop) {
        var isAdded = false
        while !isAdded {
            isAdded = try state.withLock { state throws(Stop) in
                guard !state.isCancelled else { throw .cancelled }
                guard state.waitingBytes < Self.maximumWaitingBytes else { return false }
                state.add(chunk)
                return true
            }
            if isAdded { bell.ring() }
            Waiting(seconds: Self.pauseSeconds).pass()
        }
    }
}
