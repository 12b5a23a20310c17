internal import Cluster

/// What a leader is to do about its own clock: it may be set wrong long after the node took office.
struct LeaderClock {
    enum Finding: Equatable {
        case fit
        /// It is off the others', for the first time since it was right.
        case isOff
        /// It stays so: a node whose clock is right takes over, before the log believes this one.
        case isUnfit
        /// It is right again.
        case isRightAgain
    }

    /// Since when it is off; nil while it is right.
    private var offSince: UInt64?
    private var toldAt: UInt64?

    /// How often it is to be compared: nanoseconds.
    static var lookNanoseconds: UInt64 { 5_000_000_000 }
    /// What others said is read late by a process that stood still. The log believes a clock that
    /// was set after a minute (``LedgerClock``).
    private static var patienceNanoseconds: UInt64 { 14_000_000_000 }
    /// Between two tries: where no other node is near, or its clock is no better.
    private static var retryNanoseconds: UInt64 { 60_000_000_000 }

    /// - Parameters:
    ///   - error: milliseconds that it is off the others', as they told last.
    ///   - now: the monotonic clock.
    mutating func look(error: Int64, at now: UInt64) -> Finding {
        guard ![ClusterMember].isRight(clockError: error) else {
            defer { (offSince, toldAt) = (nil, nil) }
            return offSince == nil ? .fit : .isRightAgain
        }
        guard let since = offSince else {
            offSince = now
            return .isOff
        }
        guard now - min(since, now) >= Self.patienceNanoseconds else { return .fit }
        if let toldAt, now - min(toldAt, now) < Self.retryNanoseconds { return .fit }
        toldAt = now
        return .isUnfit
    }
}
