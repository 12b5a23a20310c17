import Foundation
import Synchronization

/// For how long threads that had something to do did not run, on this machine, since it began.
///
/// A thread sleeps again and again, and takes the time by which it wakes late. Where the machine is
/// at leisure that is nothing; where it is busy, or stands still, every process loses as much.
final class LateWakes: Sendable {
    private let nanoseconds = Atomic<Int64>(0)
    private let isOver = Atomic<Bool>(false)
    private static let sleepMilliseconds: Int32 = 10
    /// What a sleep takes longer where nothing else runs.
    private static let usual = Duration.milliseconds(2)

    init() {
        Thread.detachNewThread { [self] in
            while !isOver.load(ordering: .relaxed) {
                let began = ContinuousClock.now
                pause(milliseconds: Self.sleepMilliseconds)
                let late = ContinuousClock.now - began - .milliseconds(Self.sleepMilliseconds)
                if late > Self.usual {
                    nanoseconds.add(Int64(late / .nanoseconds(1)), ordering: .relaxed)
                }
            }
        }
    }

    /// So long by now.
    var total: Duration { .nanoseconds(nanoseconds.load(ordering: .relaxed)) }

    /// Ends its thread, which holds it.
    func stop() { isOver.store(true, ordering: .relaxed) }
}
