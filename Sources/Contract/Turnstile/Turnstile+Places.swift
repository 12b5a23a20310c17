/// What a participant is told of a place.
extension Turnstile {
    /// The longest pause, so that an estimate stays current and a return soon: ten seconds; more
    /// where many wait, up to a minute, so that they make 2,000 requests a second and not more.
    var longestRetryMilliseconds: Int64 {
        min(max(Int64(clamping: waiting) / 2, 10_000), 60_000)
    }

    /// When to return, and when it is admitted at the latest.
    ///
    /// Within three seconds of its call a participant is told to return just when it is called;
    /// before that after half the expected wait. To both a spread is added, up to a tenth of the
    /// pause, from a hash that differs between neighbours: those with one moment would return at
    /// once.
    ///
    /// The estimate counts a token for each earlier number that may still take one, and a second
    /// for the return. While the pace stays, it never becomes later, but for participants who were
    /// passed over as late and return.
    func place(of number: UInt64) -> Place {
        let ahead = number > called ? number - called : 0
        let claims = Int64(clamping: ahead) + Int64(returned.count + heldTokens)
        let wait = max((claims * 1_000 - tokens + pace - 1) / pace, 0)
        return Place(
            number: number, position: ahead > 0 ? ahead - 1 : 0,
            estimateMilliseconds: wait + Self.returnMilliseconds,
            retryAfterMilliseconds: retry(expecting: wait, spread: Self.hash(number)))
    }

    private func retry(expecting wait: Int64, spread: Int64) -> Int64 {
        // Where participants stay away, numbers are called faster than the pace.
        let expected = Int64(Double(wait) / attendance.callsPerToken)
        let pause =
            expected <= Self.nearMilliseconds
            ? max(expected, Self.shortestRetryMilliseconds)
            : min(expected / 2, longestRetryMilliseconds)
        return pause + spread % (max(pause / 10, Self.smallestSpreadMilliseconds) + 1)
    }

    private static func hash(_ number: UInt64) -> Int64 {
        Int64((number &* 0x9E37_79B9_7F4A_7C15) >> 32)
    }

    private static var nearMilliseconds: Int64 { 3_000 }
    private static var shortestRetryMilliseconds: Int64 { 100 }
    private static var smallestSpreadMilliseconds: Int64 { 50 }
    /// From a call to the return that it is told, at most, with the way of the request.
    private static var returnMilliseconds: Int64 { 1_000 }
}
