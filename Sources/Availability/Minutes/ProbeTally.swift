/// What one probe found within one minute.
package struct ProbeTally: Equatable, Codable, Sendable, BitwiseCopyable {
    /// Attempts that ended in the minute, well or not.
    package let attempts: UInt32
    /// Those without a right answer: refused, cut off, timed out, or another verdict.
    package let failed: UInt32
    /// Those with a right answer that took longer than ``MinuteRule/slowMilliseconds``.
    package let slow: UInt32

    /// - Returns: `nil` where more failed or were slow than there were attempts.
    package init?(attempts: UInt32, failed: UInt32, slow: UInt32) {
        guard UInt64(failed) + UInt64(slow) <= UInt64(attempts) else { return nil }
        self.attempts = attempts
        self.failed = failed
        self.slow = slow
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        let tally = ProbeTally(
            attempts: try members.decode(UInt32.self, forKey: .attempts),
            failed: try members.decode(UInt32.self, forKey: .failed),
            slow: try members.decode(UInt32.self, forKey: .slow))
        guard let tally else {
            throw DecodingError.dataCorruptedError(
                forKey: .failed, in: members,
                debugDescription: "Failed and slow attempts must not exceed all attempts.")
        }
        self = tally
    }

    /// Attempts that do not count as service.
    var bad: UInt64 { UInt64(failed) + UInt64(slow) }
}
