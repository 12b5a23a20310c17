/// What a leader is to do about a disk of its own that takes nothing, while other nodes' disks may.
struct LeaderDisk {
    enum Finding: Equatable {
        case fit
        /// It takes nothing, and the thread that decides goes on to refuse: another node takes
        /// over.
        case isUnfit
        /// The thread that decides hangs in a write to it: nothing is handed over by that thread.
        case hangs
    }

    /// Since when it takes nothing; nil while it does.
    private var unfitSince: UInt64?
    private var toldAt: UInt64?

    /// A disk that takes nothing for so long is no hiccup.
    private static var patienceNanoseconds: UInt64 { 1_500_000_000 }
    /// Between two tries, of which each refuses what comes for a second.
    private static var retryNanoseconds: UInt64 { 10_000_000_000 }
    /// Longer than a segment that is being prepared is waited for.
    private static var hangNanoseconds: UInt64 { 5_000_000_000 }

    /// - Parameters:
    ///   - takesNothing: whether what comes is refused for the disk's sake.
    ///   - wait: for how long the thread that decides has waited for it: nanoseconds.
    ///   - now: the monotonic clock.
    mutating func look(takesNothing: Bool, wait: UInt64, at now: UInt64) -> Finding {
        if wait >= Self.hangNanoseconds { return .hangs }
        guard takesNothing else {
            (unfitSince, toldAt) = (nil, nil)
            return .fit
        }
        let since = unfitSince ?? now
        unfitSince = since
        guard now - min(since, now) >= Self.patienceNanoseconds else { return .fit }
        if let toldAt, now - min(toldAt, now) < Self.retryNanoseconds { return .fit }
        toldAt = now
        return .isUnfit
    }
}
