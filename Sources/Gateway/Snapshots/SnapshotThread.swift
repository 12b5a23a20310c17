internal import CLinux
internal import Contract
internal import Glibc
internal import LockFree
internal import Logging
internal import Snapshots
internal import Synchronization

/// Makes a snapshot after every `limits.snapshot_records` records, beside the running gateway.
///
/// It works from the disk alone: the newest snapshot, and the log behind it. So the sequencer does
/// nothing for it. It has the lowest priority, and waits while pressure is strained.
final class SnapshotThread: Sendable {
    private let shared: Shared
    private let folder: SnapshotFolder
    private let stopBell: Doorbell
    private let stopping = Atomic<Bool>(false)
    private let thread = Mutex<GatewayThread?>(nil)
    /// The last record of the snapshot that this process was started from; 0 for none.
    private let first: UInt64

    private static var niceness: Int32 { 19 }

    init(_ shared: Shared, _ folder: SnapshotFolder, after first: UInt64) throws {
        self.shared = shared
        self.folder = folder
        self.first = first
        stopBell = try Doorbell()
    }

    func start() throws(StartError) {
        guard shared.limits.snapshotRecords > 0 else { return }
        let thread = try GatewayThread(name: "snapshots") { self.run() }
        self.thread.withLock { $0 = thread }
    }

    /// Ends the thread; a snapshot that is being made is given up.
    func stop() {
        stopping.store(true, ordering: .releasing)
        stopBell.ring()
        thread.withLock { $0 }?.join()
    }

    private var isStopping: Bool { stopping.load(ordering: .acquiring) }

    private func run() {
        // A failure of it costs a little of the entries' latency, and nothing else.
        _ = linux_take_short_turns(Self.niceness)
        var last = first
        while !isStopping {
            sleep()
            let durable = shared.durableRecords.load(ordering: .acquiring)
            guard durable - last >= UInt64(shared.limits.snapshotRecords), !isStrained else {
                continue
            }
            make(upTo: durable)
            // Also after a failure: the next attempt comes when there is as much again.
            last = durable
        }
    }

    private func make(upTo durable: UInt64) {
        do {
            let made = try folder.make(
                upTo: durable, memoryLimitBytes: .max, isCancelled: waitForCalm,
                skipped: { path, reason in
                    shared.logger.warning(
                        "skipped a snapshot", metadata: ["file": "\(path)", "reason": "\(reason)"])
                })
            guard let made else { return }
            shared.logger.info(
                "wrote a snapshot",
                metadata: ["file": "\(made.path)", "records": "\(made.lastSequence)"])
        } catch {
            shared.logger.error(
                "cannot write a snapshot; the next start takes longer",
                metadata: ["reason": "\(error)"])
        }
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
