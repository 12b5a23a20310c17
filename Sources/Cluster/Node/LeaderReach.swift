internal import Time

/// Whether a leader is cut off from the engine while this node is not: by what the leader says of
/// its last proof of office, and by what this node's own looks brought.
///
/// An engine that answers nobody, as in its own election, is no reason to depose a leader: so this
/// node's looks must have been answered for as long as the leader's were not.
struct LeaderReach {
    private let clock: any MachineClock
    /// The first look of those in a row that were answered.
    private var answeredSince: UInt64?
    private var lookedAt: UInt64 = 0

    private static let unprovenMilliseconds: UInt32 = 2_000
    /// Looks come twice a second: behind a longer pause the row begins anew.
    private static let pauseNanoseconds: UInt64 = 1_500_000_000

    init(_ clock: any MachineClock) { self.clock = clock }

    mutating func noteLook() {
        let now = clock.monotonicNanoseconds()
        if answeredSince == nil || now - lookedAt > Self.pauseNanoseconds { answeredSince = now }
        lookedAt = now
    }

    mutating func noteFailure() { answeredSince = nil }

    /// - Parameter unproven: what the leader says; nil where its build does not.
    func isCutOff(unproven milliseconds: UInt32?) -> Bool {
        guard let milliseconds, milliseconds >= Self.unprovenMilliseconds, let answeredSince
        else { return false }
        let row = clock.monotonicNanoseconds() - answeredSince
        return row >= UInt64(Self.unprovenMilliseconds) * 1_000_000
    }
}
