import Files
import Glibc

@testable import Log

/// A process's way to its node's disk. It takes a moment, in which the process may end.
final class NodeStore: LogStore {
    private let disk: NodeDisk
    private let process: ProcessLife
    private let thread: VirtualThread
    private let random: SeededRandom
    private var written: UInt64 = 1
    private var report: (@Sendable (UInt64) -> Void)?

    init(
        _ disk: NodeDisk, _ process: ProcessLife, _ thread: VirtualThread, _ random: SeededRandom
    ) {
        self.disk = disk
        self.process = process
        self.thread = thread
        self.random = random
    }

    func ensureSpace() -> Bool { disk.memory.ensureSpace() }
    var spaceFailure: FileError? { disk.memory.spaceFailure }

    func store(_ batch: borrowing LogBatch) throws(LogError) {
        thread.wait(seconds: Double(20 + random.below(300)) / 1e6)
        guard !process.hasEnded else { throw .failed(FileError("write", "memory", EIO)) }
        try disk.store(batch)
        written = batch.end.nextSequence
    }

    func syncLater(
        behind written: UInt64, _ report: @escaping @Sendable (UInt64) -> Void
    ) throws(LogError) {
        self.written = written
        self.report = report
        report(written)
    }

    /// What the thread that syncs does from time to time.
    func sync() {
        guard !process.hasEnded else { return }
        disk.sync(upTo: written)
        report?(written)
    }
}
