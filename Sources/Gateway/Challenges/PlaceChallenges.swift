internal import Ledger
internal import Time

/// The solved challenges that brought a place, in a queue or before a shuffled start, until they
/// expire: each is good for one participant's, some times. Otherwise one piece of work would bring
/// places for everybody that a program can name, or as many as it asks for, because a queue gives a
/// further one to whoever comes without the ticket; and people's own would come later for it.
///
/// The ledger sees to it that each lets one entry in; of places it knows nothing. Owned by the
/// sequencer, and kept in memory like the places themselves: after a restart a challenge that has
/// not expired may bring another one.
struct PlaceChallenges {
    private struct Place {
        let participant: Fingerprint
        /// In seconds since 1970.
        let expires: UInt32
        /// How often it was asked for without the ticket.
        var times = 1
    }

    /// How often a participant may ask without the ticket: an answer is lost, a page loaded anew.
    static var maximumTimes: Int { 8 }

    /// So many are remembered at most, about 16 MiB. Where more than half of these have not expired
    /// when it comes to that, all are forgotten, as by a restart.
    static var maximumCount: Int { 1 << 18 }

    private var places: [Fingerprint: Place] = [:]
    /// What has expired is forgotten when there are so many.
    private var roomBeforeSweep = 1_024

    /// Challenges that are remembered.
    var count: Int { places.count }

    /// Whether a solved challenge is of no use to a participant who comes without a ticket: it has
    /// expired, it brought somebody else a place, or it brought theirs too often. Constant time.
    /// - Parameter now: nil where the ledger looks itself whether it has expired.
    func isSpent(
        _ challenge: SolvedChallenge, by participant: Fingerprint, at now: Timestamp?
    ) -> Bool {
        guard challenge.state == .solved else { return false }
        if let now, now.milliseconds >= Int64(challenge.expires) * 1_000 { return true }
        guard let place = places[challenge.mark] else { return false }
        return place.participant != participant || place.times >= Self.maximumTimes
    }

    /// A participant without a ticket was given a place with this challenge.
    mutating func spend(
        _ challenge: SolvedChallenge, by participant: Fingerprint, at now: Timestamp
    ) {
        guard challenge.state == .solved else { return }
        if places[challenge.mark]?.participant == participant {
            places[challenge.mark]?.times += 1
            return
        }
        if places.count >= roomBeforeSweep {
            places = places.filter { now.milliseconds < Int64($0.value.expires) * 1_000 }
            if 2 * places.count > Self.maximumCount { places.removeAll() }
            roomBeforeSweep = max(1_024, 2 * places.count)
        }
        places[challenge.mark] = Place(participant: participant, expires: challenge.expires)
    }
}
