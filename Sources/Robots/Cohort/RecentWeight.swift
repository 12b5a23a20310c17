/// How much of an entry still counts after a time: half of it after each minute.
///
/// A sum of such weights is how many came "in the last minute and a half", with half of a Poisson
/// count's variance.
enum RecentWeight {
    static let halfLifeMilliseconds = 60_000.0
    /// The sum of the weights of what comes once a millisecond: the half-life over ln 2.
    static let meanMilliseconds = halfLifeMilliseconds * 1.442_695_040_888_963

    /// What is lost a millisecond: ln 2 over the half-life.
    private static let decay = Float(1 / meanMilliseconds)
    /// So long the first two terms of the exponential series are as good as the whole. Of an
    /// operation that is busy, no time is longer.
    private static let shortMilliseconds: UInt32 = 2_000

    /// 2^(-time / half-life), to three digits; 0 after 24 half-lives. A time before the last one,
    /// by as little as two threads differ, counts as the same.
    static func after(from last: UInt32, to now: UInt32) -> Float {
        let elapsed = now &- last
        if elapsed <= shortMilliseconds {
            let share = Float(elapsed) * decay
            return 1 - share * (1 - 0.5 * share)
        }
        guard elapsed < 0x8000_0000 else { return 1 }
        let halves = Double(elapsed) * (1 / halfLifeMilliseconds)
        guard halves < 24 else { return 0 }
        let whole = Int32(halves)
        let rest = halves - Double(whole)
        // 2^-rest by its series; the powers of ln 2 over factorials.
        let series =
            1 - rest * (0.693_147 - rest * (0.240_227 - rest * (0.055_504 - rest * 0.009_618)))
        // 2^-whole, as a float's bits have it.
        return Float(series) * Float(bitPattern: UInt32(127 - whole) << 23)
    }
}
