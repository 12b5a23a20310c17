package import Availability
package import Contract

extension MinuteRule {
    /// The rule by the operator's settings `policy.minute_*`.
    package init(_ policy: Policy) {
        guard
            let rule = MinuteRule(
                maximumBadPercent: UInt32(policy.minuteBadPercent),
                slowMilliseconds: UInt32(policy.minuteSlowMilliseconds),
                expectedAttempts: UInt32(policy.minuteExpectedAttempts),
                // A policy of a record may contradict itself where settings cannot.
                minimumAttempts: UInt32(
                    min(policy.minuteMinimumAttempts, policy.minuteExpectedAttempts)),
                minimumProbes: UInt32(policy.minuteMinimumProbes))
        else { preconditionFailure("the policy's ranges are within the rule's") }
        self = rule
    }
}
