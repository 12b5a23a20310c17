/// What a head comes to by the heads that were seen before.
package enum RobotJudgement: Sendable, BitwiseCopyable {
    /// It is known, and no rule finds anything; with ``RobotVerdict/headHash``. Nearly all heads
    /// come to this, and it is short.
    case nothing(headHash: UInt32)
    case verdict(RobotVerdict)
}
