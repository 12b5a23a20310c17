internal import Time

/// When a log's owner was last known to live: by its link, or by what it appended.
struct LeaderLife {
    private let clock: any MachineClock
    private var heardAt: UInt64 = 0
    /// The term in which the log was read to its end: what is behind that, that term's owner has
    /// appended since.
    private var readTerm: UInt64 = 0

    init(_ clock: any MachineClock) { self.clock = clock }

    mutating func hear() { heardAt = clock.monotonicNanoseconds() }

    func isSilent(for nanoseconds: UInt64) -> Bool {
        clock.monotonicNanoseconds() - heardAt >= nanoseconds
    }

    /// The log was read, and the owner was this term's before and is so behind it.
    mutating func noteRead(hasBatches: Bool, isEnd: Bool, in term: UInt64) {
        if hasBatches, readTerm == term { hear() }
        if isEnd { readTerm = term }
    }
}
