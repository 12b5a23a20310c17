internal import LockFree
internal import Logging
internal import Synchronization
internal import Threads
internal import Time

/// Ends the process where its drain waits for a disk that hangs: the sequencer's thread, which is
/// waited for, does not come back from its call.
///
/// Ending is safe at any moment: what was acknowledged is on stable storage, and whoever waits for
/// what is in hand was told that its outcome is not known, or is cut (law 1).
final class DrainWatch: Sendable {
    private let shared: Shared
    private let thread = StoppableThread()
    private let stopBell: Doorbell
    private let hasBegun = Atomic<Bool>(false)

    /// What may wait is cut at `limits.drain_seconds`; a disk that answers stores the rest of it in
    /// less than this.
    private static var graceNanoseconds: UInt64 { 1_000_000_000 }
    private static var lookNanoseconds: Int64 { 100_000_000 }

    init(_ shared: Shared) throws(DoorbellError) {
        self.shared = shared
        stopBell = try Doorbell()
    }

    /// A drain begins; several threads may ask for one.
    func begin() {
        guard !hasBegun.exchange(true, ordering: .relaxed) else { return }
        do throws(StartError) {
            try thread.start(as: "drain") { self.run() }
        } catch {
            // The drain ends by itself, unless the disk hangs.
            shared.logger.warning("nothing watches this drain", metadata: ["reason": "\(error)"])
        }
    }

    /// The log is closed.
    func end() {
        thread.stop { stopBell.ring() }
    }

    private func run() {
        // The machine's time: it is of threads that wait, and not of what is decided.
        let began = SystemClock.monotonicNanoseconds()
        let seconds = UInt64(shared.drainSeconds.load(ordering: .relaxed))
        let limit = seconds * 1_000_000_000 + Self.graceNanoseconds
        while !thread.isStopping {
            stopBell.prepareToSleep()
            if !thread.isStopping { stopBell.wait(timeoutNanoseconds: Self.lookNanoseconds) }
            stopBell.wokeUp()
            guard SystemClock.monotonicNanoseconds() - began >= limit, isHanging else { continue }
            let isAlone = shared.health.firstWait == .disk
            shared.giveUp(
                (isAlone ? "the disk" : "the cluster's log, or the disk,")
                    + " does not answer while the gateway stops; ending the process: everything "
                    + "that was acknowledged is stored")
        }
    }

    /// Whether the commit in hand has taken as long as anybody waits for it.
    private var isHanging: Bool {
        let patience = UInt64(shared.answerSeconds.load(ordering: .relaxed)) * 1_000_000_000
        return shared.health.commitAge(at: shared.clock.monotonicNanoseconds()) >= patience
    }
}
