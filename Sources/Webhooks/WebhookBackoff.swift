/// When a delivery that failed is tried again: after a second, then after twice as long each time,
/// up to a maximum, each spread by a fifth so that receivers that came back together are not hit
/// together.
package struct WebhookBackoff: Equatable, Sendable {
    /// Seconds.
    package let maximum: Int

    package init(maximum: Int) {
        precondition(maximum >= 1, "a delay is a second at least")
        self.maximum = maximum
    }

    /// Milliseconds until the next attempt.
    /// - Parameters:
    ///   - attempts: that failed, 1 or more.
    ///   - retryAfter: seconds that the receiver asked for; honoured up to the maximum.
    ///   - random: 64 random bits.
    package func milliseconds(after attempts: UInt32, retryAfter: Int?, random: UInt64) -> Int {
        precondition(attempts >= 1, "a first attempt waits for nothing")
        let doublings = min(attempts - 1, 40)
        let seconds = min(1 << Int(doublings), maximum)
        // 0.8 to 1.2 of it.
        let spread = seconds * 800 + Int(random % UInt64(seconds * 400 + 1))
        let limit = maximum * 1_000
        let asked = min(max(retryAfter ?? 0, 0), maximum) * 1_000
        return max(min(spread, limit), asked)
    }
}
