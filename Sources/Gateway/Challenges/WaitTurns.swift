internal import Ledger
internal import Robots
internal import Time

/// The turns of one operation's entries at one worker that waited in place of work: one in
/// ``ChallengeDifficulty/waitIntervalMilliseconds``.
///
/// Each challenge has one turn, however often it comes: so a client takes a turn from others for
/// each challenge that it has got, and not for each time that it sends one.
struct WaitTurns {
    /// The challenges that have had their turn, with when they expire, in seconds since 1970. A few
    /// hundred at most: so many turns are there until one expires.
    private var taken: [Fingerprint: UInt32] = [:]
    /// The next turn is from then on.
    private var next = Timestamp(milliseconds: 0)

    /// Challenges that are remembered.
    var count: Int { taken.count }

    /// Takes a turn for a challenge that has not expired. One that had its turn may come again: an
    /// entry that has to queue is sent again, and the ledger sees to it that it is used once.
    /// - Parameter expires: seconds since 1970.
    /// - Returns: nil where the entry may go on now; else when the next turn is, to ask again.
    mutating func take(_ mark: Fingerprint, expires: UInt32, at now: Timestamp) -> Timestamp? {
        if taken[mark] != nil { return nil }
        guard now >= next else { return next }
        taken = taken.filter { now.milliseconds < Int64($0.value) * 1_000 }
        taken[mark] = expires
        next = now.advanced(byMilliseconds: ChallengeDifficulty.waitIntervalMilliseconds)
        return nil
    }
}
