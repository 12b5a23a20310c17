import Time

@testable import Log

/// A node's disk, which outlives its processes: the batches in the bytes that a real one has, and
/// how many of them a machine that loses its power comes back with.
final class NodeDisk {
    private(set) var memory: MemoryStore
    /// The number behind the last record that is synced.
    private(set) var synced: UInt64 = 1
    /// Whether a planned fault has come about.
    private(set) var hasFailed = false

    init() throws {
        memory = try MemoryStore(options: SimulatedDisk.options)
    }

    /// One of the next calls fails, or the machine stops in the middle of it.
    func planFault(_ random: SeededRandom) {
        let fault: MemoryStore.Fault =
            switch random.below(5) {
            case 0: .failing
            case 1: .crashBefore
            case 2: .crashAfter
            case 3: .tornSectors(missing: random.word())
            default: .torn(bytes: random.below(1_000))
            }
        memory.faults = [memory.calls + 1 + UInt64(random.below(4)): fault]
    }

    func forgetFaults() { memory.faults = [:] }

    /// Begins with batches that were there before the cluster.
    func preload(_ batches: [SimulatedDisk.StoredBatch]) throws {
        memory = try MemoryStore(options: SimulatedDisk.options)
        _ = try memory.recover(after: .beginning, at: Timestamp(milliseconds: 0)) { _ in }
        for batch in batches { try batch.store(in: memory) }
        synced = batches.last.map { $0.end.nextSequence } ?? 1
    }

    /// Every batch behind a position.
    func batches(after position: LogPosition = .beginning) throws -> [SimulatedDisk.StoredBatch] {
        var found: [SimulatedDisk.StoredBatch] = []
        var scanner = LogScanner(.memory(memory), from: .position(position))
        try scanner.scan { found.append(SimulatedDisk.StoredBatch($0)) }
        return found
    }

    /// The machine has lost its power: what was not synced is gone.
    func loseUnsynced() throws {
        let kept = try batches().filter { $0.header.firstSequence < synced }
        try preload(kept)
    }

    /// Opens it for a process.
    func open(
        after position: LogPosition, committedAt time: Timestamp?, at now: Timestamp,
        _ store: NodeStore, replay: (borrowing LogBatch) throws -> Void
    ) throws -> Log {
        hasFailed = false
        var report = try memory.recover(after: position, at: now, replay: replay)
        report.lastTime = report.lastTime ?? time
        synced = report.nextSequence
        return Log(
            store: store, recovery: report,
            maximumBatchBytes: SimulatedDisk.options.maximumBatchBytes)
    }

    func store(_ batch: borrowing LogBatch) throws(LogError) {
        do throws(LogError) {
            try memory.store(batch)
        } catch {
            hasFailed = true
            throw error
        }
    }

    func sync(upTo position: UInt64) { synced = max(synced, position) }
}
