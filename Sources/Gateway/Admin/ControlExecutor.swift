internal import CLinux
internal import Dispatch

/// Where the control side's tasks run: threads of their own, because they may block on files, and
/// the pool that Swift concurrency shares has one thread a core and must not.
///
/// Entries go first: a scrape of thousands of series takes milliseconds, and no entry shall wait
/// for it. So these threads have a tenth of a loop's share where the processor is short, in turns
/// that nobody notices, and all of it where nobody else wants it.
final class ControlExecutor: TaskExecutor {
    private let queue = DispatchQueue(label: "control", qos: .background, attributes: .concurrent)

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async {
            // Dispatch lends any of its threads. Refused, it is only less polite.
            _ = linux_take_short_turns(10)
            unsafe job.runSynchronously(on: self.asUnownedTaskExecutor())
        }
    }
}
