internal import Dispatch

/// Where the control side's tasks run: threads of their own, because they may block on files, and
/// the pool that Swift concurrency shares has one thread a core and must not.
final class ControlExecutor: TaskExecutor {
    private let queue = DispatchQueue(label: "control", attributes: .concurrent)

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async {
            unsafe job.runSynchronously(on: self.asUnownedTaskExecutor())
        }
    }
}
