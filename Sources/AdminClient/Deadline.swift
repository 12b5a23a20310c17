internal import Synchronization

/// A moment by which something must have happened.
package struct Deadline: Sendable {
    private let moment: ContinuousClock.Instant
    /// What makes it pass earlier; looked at ten times a second.
    private let cancellation: Cancellation?

    /// - Parameters:
    ///   - seconds: from now on; none below 0, a year at most.
    ///   - cancellation: nil where nothing makes it pass earlier.
    package init(seconds: Double, cancellation: Cancellation? = nil) {
        moment = .now + .seconds(min(max(seconds, 0), 366 * 86_400))
        self.cancellation = cancellation
    }

    private init(_ moment: ContinuousClock.Instant, _ cancellation: Cancellation?) {
        self.moment = moment
        self.cancellation = cancellation
    }

    /// The earlier of both.
    func or(seconds: Double) -> Deadline {
        Deadline(min(moment, Deadline(seconds: seconds).moment), cancellation)
    }

    var isOver: Bool { moment <= .now || cancellation?.isCancelled ?? false }

    /// What is left, in whole milliseconds, the last begun one included; a tenth of a second where
    /// the deadline is to be looked at again by then.
    var millisecondsLeft: Int32 {
        if isOver { return 0 }
        let left = ContinuousClock.now.duration(to: moment)
        if left <= .zero { return 0 }
        let milliseconds = Int32(clamping: Int64(left / .milliseconds(1)) + 1)
        return cancellation == nil ? milliseconds : min(milliseconds, 100)
    }
}

/// Ends the waits of another thread's exchange: see ``Deadline``.
package final class Cancellation: Sendable {
    private let cancelled = Atomic<Bool>(false)

    package init() {}

    package func cancel() { cancelled.store(true, ordering: .releasing) }

    package var isCancelled: Bool { cancelled.load(ordering: .acquiring) }
}
