internal import Bytes
internal import Robots

/// A pinned robot's key as workers share it: how many signatures are verified by it in a second is
/// bounded, so that forged ones cost little. They may use the bound up, and then the robot's own
/// are not verified either.
final class PinnedKey: Sendable {
    let robot: PinnedRobot
    private let rate = CellRate(perSecond: PinnedKey.verificationsPerSecond)

    /// Over all workers; a verification takes about 0.1 ms. As many more may come at once.
    static var verificationsPerSecond: UInt32 { 50 }

    init(_ robot: PinnedRobot) {
        self.robot = robot
    }

    /// Whether a signature names this key.
    func isNamed(_ keyID: RawSpan) -> Bool {
        robot.keyID.withBytes { keyID.equals($0) }
    }

    /// Counts a verification, unless there were too many.
    /// - Parameter nanoseconds: the monotonic clock.
    func countIfInPace(at nanoseconds: UInt64) -> Bool {
        rate.countIfInPace(at: nanoseconds)
    }
}
