internal import CLinux
internal import Dispatch
internal import Synchronization
internal import Threads

/// Runs tasks of the control side on threads of its own, oldest first: they may block on files,
/// and the pool that Swift concurrency shares has one thread a core and must not.
///
/// Entries go first: these threads have a part of a loop's share where the processor is short, in
/// turns that nobody notices, and all of it where nobody else wants it. The threads keep the
/// executor alive until ``stop()``.
final class ControlExecutor: TaskExecutor {
    private let jobs = Mutex(Jobs())
    /// Signalled for each job, and for each thread that is to end.
    private let available = DispatchSemaphore(value: 0)
    private let threads: Int

    private struct Jobs {
        var waiting: [UnownedJob] = []
        var isStopped = false
    }

    /// - Parameters:
    ///   - name: of its threads, at most 13 bytes.
    ///   - niceness: 0 is a loop's share of the processor, 10 a tenth of it, 15 a thirtieth.
    /// - Throws: ``StartError`` where the system starts no thread.
    init(name: String, threads: Int, niceness: Int32) throws(StartError) {
        self.threads = threads
        for number in 0..<threads {
            let name = threads == 1 ? name : "\(name)-\(number)"
            // Nobody waits for its end: the last task may end on it.
            _ = try SystemThread.start(as: name) { self.run(niceness: niceness) }
        }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLock { $0.waiting.append(job) }
        available.signal()
    }

    /// Ends the threads when nothing waits. No task may be left that has this executor.
    func stop() {
        jobs.withLock { $0.isStopped = true }
        for _ in 0..<threads { available.signal() }
    }

    private func run(niceness: Int32) {
        // Refused, it is only less polite.
        _ = linux_take_short_turns(niceness)
        while let job = next() {
            unsafe job.runSynchronously(on: asUnownedTaskExecutor())
        }
    }

    /// Waits for the next job; nil where the executor is stopped and there is none.
    private func next() -> UnownedJob? {
        while true {
            available.wait()
            let (job, isStopped) = jobs.withLock { jobs in
                (jobs.waiting.isEmpty ? nil : jobs.waiting.removeFirst(), jobs.isStopped)
            }
            if let job { return job }
            if isStopped { return nil }
        }
    }
}
