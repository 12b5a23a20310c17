internal import Time

/// When a log's owner was last known to live: by its link, or by what it appended.
struct LeaderLife {
    private let clock: any MachineClock
    private var heardAt: UInt64 = 0
    /// When it said or did what only an owner does.
    private var provedAt: UInt64 = 0
    /// The term in which the log was read to its end: what is behind that, that term's owner has
    /// appended since.
    private var readTerm: UInt64 = 0

    /// A process that takes links and says nothing is waited for so long.
    private static let mutedNanoseconds: UInt64 = 3_000_000_000

    init(_ clock: any MachineClock) { self.clock = clock }

    /// It said, or did, what only the owner does.
    mutating func hear() {
        heardAt = clock.monotonicNanoseconds()
        provedAt = heardAt
    }

    /// A process is there. Whether it is the owner, or has the office still, that does not say: so
    /// it counts for a while only.
    mutating func sense() {
        let now = clock.monotonicNanoseconds()
        if now - provedAt < Self.mutedNanoseconds { heardAt = now }
    }

    func isSilent(for nanoseconds: UInt64) -> Bool {
        clock.monotonicNanoseconds() - heardAt >= nanoseconds
    }

    /// The log was read, and the owner was this term's before and is so behind it.
    mutating func noteRead(hasBatches: Bool, isEnd: Bool, in term: UInt64) {
        if hasBatches, readTerm == term { hear() }
        if isEnd { readTerm = term }
    }
}
