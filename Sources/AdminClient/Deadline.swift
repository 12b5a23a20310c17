/// A moment by which something must have happened.
package struct Deadline: Sendable {
    private let moment: ContinuousClock.Instant

    /// - Parameter seconds: from now on; none below 0, a year at most.
    package init(seconds: Double) {
        moment = .now + .seconds(min(max(seconds, 0), 366 * 86_400))
    }

    private init(_ moment: ContinuousClock.Instant) {
        self.moment = moment
    }

    /// The earlier of both.
    func or(seconds: Double) -> Deadline {
        Deadline(min(moment, Deadline(seconds: seconds).moment))
    }

    var isOver: Bool { moment <= .now }

    /// What is left, in whole milliseconds, the last begun one included.
    var millisecondsLeft: Int32 {
        let left = ContinuousClock.now.duration(to: moment)
        if left <= .zero { return 0 }
        return Int32(clamping: Int64(left / .milliseconds(1)) + 1)
    }
}
