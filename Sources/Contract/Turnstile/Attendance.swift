/// How many participants come when they are called, lately: what a held token is worth, and how
/// fast numbers are called.
///
/// Counts decay by 1/128 ten times a second: 13 s. Both shares begin as if everybody came, and a
/// few who stay away change little.
struct Attendance: Sendable {
    private var came = 0.0
    private var stayedAway = 0.0
    private var called = 0.0
    private var tokens = 0.0

    /// So many are taken to have come before the first was called.
    private static var prior: Double { 8 }
    /// More than this is not expected: a return that is told too early only costs another one.
    private static var maximumCallsPerToken: Double { 8 }

    /// The share of held tokens that are used, 0 to 1; exactly 1 while nobody stays away.
    var share: Double { (came + Self.prior) / (came + stayedAway + Self.prior) }

    /// Numbers that are called for one token, at least 1: more where many are passed over, or fewer
    /// tokens are held than there are numbers called.
    var callsPerToken: Double {
        let calls = (called + Self.prior) / (tokens + Self.prior)
        return min(max(calls, 1), Self.maximumCallsPerToken)
    }

    /// One for whom a token was held has come.
    mutating func addArrival() { came += 1 }

    /// So many for whom a token was held have not come.
    mutating func addAbsent(_ count: Int) { stayedAway += Double(count) }

    /// A number was called.
    mutating func addCall() { called += 1 }

    /// So many tokens came while somebody waited.
    mutating func addTokens(_ count: Double) { tokens += count }

    /// Forgets a little; ten times a second.
    mutating func decay() {
        came -= came / 128
        stayedAway -= stayedAway / 128
        called -= called / 128
        tokens -= tokens / 128
    }
}
