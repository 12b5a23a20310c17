internal import CLinux
internal import LockFree

/// How long the threads that every entry passes were busy: they ran, or were ready to and waited
/// for a processor. A thread that waits for work or for the disk is not busy.
///
/// By the kernel's account, so that it costs the threads nothing, and a thread that shares its
/// processor with another one counts as busy while it waits for it.
final class ThreadTimes: Sendable {
    /// The kernel's numbers of the threads: one for each worker's lane, then the sequencer's; 0
    /// before it begins. Each written by its thread.
    private let numbers: GaugeTable
    private let workers: Int

    init(workers: Int) {
        self.workers = workers
        numbers = GaugeTable(gauges: workers + 1)
    }

    // MARK: The threads write

    /// The calling thread is this worker's.
    func workerBegins(_ lane: Int) {
        numbers.set(Int64(linux_thread_number()), gauge: lane)
    }

    /// The calling thread is the sequencer's.
    func sequencerBegins() {
        numbers.set(Int64(linux_thread_number()), gauge: workers)
    }

    // MARK: Anyone reads

    /// The times since the threads began; 0 of one that has not.
    func read() -> StageTimes {
        var times = StageTimes()
        for lane in 0..<workers { times.workers.append(busy(lane)) }
        times.sequencer = busy(workers)
        return times
    }

    private func busy(_ thread: Int) -> UInt64 {
        let number = numbers.value(of: thread)
        return number == 0 ? 0 : UInt64(clamping: linux_thread_busy(Int32(clamping: number)))
    }
}

/// How long each thread of the entry path was busy since it began, in nanoseconds.
struct StageTimes: Sendable {
    var workers: [UInt64] = []
    var sequencer: UInt64 = 0
}
