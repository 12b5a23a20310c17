internal import CLinux
internal import Dispatch

/// Where the pieces of long answers are made: one at a time, so that all of them go on in turns,
/// whatever there is of them, and what they take does not add up. As polite as ``ControlExecutor``.
final class LongAnswerExecutor: TaskExecutor {
    private let queue = DispatchQueue(label: "long answers", qos: .background)

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async {
            // Dispatch lends any of its threads. Refused, it is only less polite.
            _ = linux_take_short_turns(10)
            unsafe job.runSynchronously(on: self.asUnownedTaskExecutor())
        }
    }
}
