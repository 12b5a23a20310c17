internal import CLinux
internal import Cluster
internal import Contract
internal import Glibc
internal import Ledger
internal import LockFree
internal import Logging
internal import Snapshots
internal import Synchronization
internal import Threads

/// Makes a snapshot after every `limits.snapshot_records` records, beside the running gateway.
///
/// It works from the disk alone: the newest snapshot, and the log behind it. So the sequencer does
/// nothing for it. It has the lowest priority, and waits while pressure is strained. It needs
/// memory for the tables a second time; where there is not so much, it says so and makes none.
final class SnapshotThread: Sendable {
    private let shared: Shared
    private let folder: SnapshotFolder
    private let stopBell: Doorbell
    private let thread = StoppableThread()
    /// The last record of the snapshot that this process was started from; 0 for none.
    private let first: UInt64
    /// Bytes that the process can still take; nil where nobody knows.
    private let availableBytes: @Sendable () -> Int?

    private static var niceness: Int32 { 19 }
    /// Turns to wait where another process has the snapshots: some seconds.
    private static var busyTurns: Int { 25 }

    init(
        _ shared: Shared, _ folder: SnapshotFolder, after first: UInt64,
        availableBytes: @escaping @Sendable () -> Int? = { AvailableMemory().bytes }
    ) throws {
        self.shared = shared
        self.folder = folder
        self.first = first
        self.availableBytes = availableBytes
        stopBell = try Doorbell()
    }

    func start() throws(StartError) {
        guard shared.limits.snapshotRecords > 0 else { return }
        try thread.start(as: "snapshots") { self.run() }
    }

    /// Ends the thread; a snapshot that is being made is given up.
    func stop() {
        thread.stop { stopBell.ring() }
    }

    private var isStopping: Bool { thread.isStopping }

    private func run() {
        // A failure of it costs a little of the entries' latency, and nothing else.
        _ = linux_take_short_turns(Self.niceness)
        var last = first
        var turnsToWait = 0
        while !isStopping {
            sleep()
            // In a cluster this node's own disk may be a little behind what is durable.
            let durable = min(
                shared.durableRecords.load(ordering: .acquiring),
                shared.cluster.map { $0.durable - 1 } ?? .max)
            guard durable >= last + UInt64(shared.limits.snapshotRecords), !isStrained else {
                continue
            }
            turnsToWait -= 1
            guard turnsToWait <= 0 else { continue }
            if make(upTo: durable) {
                // Also after a failure: the next attempt comes when there is as much again.
                last = durable
            } else {
                turnsToWait = Self.busyTurns
            }
        }
    }

    /// - Returns: false where another process has the snapshots now.
    private func make(upTo durable: UInt64) -> Bool {
        let limit = memoryLimitBytes
        let needed = shared.tableBytes.load(ordering: .relaxed)
        guard needed <= limit else {
            reportNoMemory(limit)
            return true
        }
        let bounds = SnapshotFolder.Bounds(
            upTo: durable, memoryLimitBytes: limit, isCancelled: waitForCalm)
        do {
            switch try folder.make(bounds, skipped: reportSkipped) {
            case .written(let path, let lastSequence):
                // The second state is gone; the C library would keep what its tables took.
                linux_return_memory()
                shared.logger.info(
                    "wrote a snapshot",
                    metadata: ["file": "\(path)", "records": .stringConvertible(lastSequence)])
            case .nothingNew, .cancelled: break
            case .busy: return false
            }
        } catch SnapshotError.noMemory {
            reportNoMemory(limit)
        } catch {
            shared.logger.error(
                "cannot write a snapshot; the next start takes longer",
                metadata: ["reason": "\(error)"])
        }
        return true
    }

    /// What the tables of the second state may take: a tenth of what is there stays for the rest
    /// of the process.
    private var memoryLimitBytes: Int {
        guard let available = availableBytes() else { return .max }
        return available - available / 10
    }

    private func reportNoMemory(_ limit: Int) {
        let needed = shared.tableBytes.load(ordering: .relaxed)
        shared.logger.warning(
            "wrote no snapshot: the participants do not fit in memory a second time",
            metadata: [
                "needed_bytes": .stringConvertible(needed),
                "available_bytes": .stringConvertible(limit),
            ])
    }

    private func reportSkipped(_ path: String, _ reason: String) {
        shared.logger.warning(
            "skipped a snapshot", metadata: ["file": "\(path)", "reason": "\(reason)"])
    }

    /// Waits while pressure is strained.
    /// - Returns: whether the thread is to end.
    private func waitForCalm() -> Bool {
        while isStrained, !isStopping { sleep() }
        return isStopping
    }

    private var isStrained: Bool {
        shared.health.isStoreLost || shared.pressure.withLock { $0.level } >= .strained
    }

    /// For 200 ms, or until the thread is to end.
    private func sleep() {
        stopBell.prepareToSleep()
        if !isStopping { stopBell.wait(timeoutNanoseconds: 200_000_000) }
        stopBell.wokeUp()
    }
}
