/// Reads that may be made at a rate: a token bucket that is told the time.
///
/// What is not used is kept up to a burst. A read may turn out to be more work than one: what is
/// paid beyond what there is becomes a debt, which is bounded, and is paid off by time.
struct ReadBucket: BitwiseCopyable {
    /// Millionths of a read; below zero where some are owed.
    private var millionths: Int64 = 0
    /// When it was last filled, in nanoseconds of the monotonic clock.
    private var filledAt: UInt64 = 0

    private static var oneRead: Int64 { 1_000_000 }
    /// Reads that can be owed.
    private static var maximumDebt: Int64 { 256 }
    /// Time for which it is filled at most, in nanoseconds: any rate and burst stay within 64 bits.
    private static var longestFill: UInt64 { 1_000_000_000 }

    /// Whether there is a whole read.
    var hasRead: Bool { millionths >= Self.oneRead }

    /// Whole reads that there are.
    var reads: Int { max(Int(millionths / Self.oneRead), 0) }

    /// Adds what the time since the last call has brought.
    /// - Parameters:
    ///   - burst: reads that it can hold; it holds one at least, unless the rate is 0.
    mutating func fill(perSecond: UInt32, burst: Int64, at now: UInt64) {
        let passed = min(now - min(filledAt, now), Self.longestFill)
        filledAt = max(now, filledAt)
        let gained = Int64(passed) * Int64(perSecond) / 1_000
        let most = perSecond == 0 ? 0 : max(burst, 1) * Self.oneRead
        millionths = min(millionths + gained, most)
    }

    /// Takes reads out, whether there are so many or not.
    mutating func pay(_ reads: Int) {
        millionths = max(
            millionths - Int64(clamping: reads) * Self.oneRead, -Self.maximumDebt * Self.oneRead)
    }

    /// When there is a whole read again, in nanoseconds of the monotonic clock; `nil` where the
    /// rate is 0.
    func nextRead(perSecond: UInt32) -> UInt64? {
        guard perSecond > 0 else { return nil }
        let missing = max(Self.oneRead - millionths, 0)
        let rate = UInt64(perSecond)
        return filledAt + (UInt64(missing) * 1_000 + rate - 1) / rate
    }
}
