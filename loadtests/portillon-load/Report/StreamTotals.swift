/// Counts of a whole run.
struct StreamTotals: Codable, Sendable {
    /// First attempts that the schedule asked for.
    var due: Int
    /// Requests sent, further attempts of the same client among them.
    var sent: Int
    var answered: Int
    /// Answers by verdict; by `http_<status>` where the answer names none.
    var verdicts: [String: Int]
    /// Requests without an answer, by cause: `connect`, `timeout`, `closed`, `malformed`.
    var errors: [String: Int]
    /// Attempts made again because an answer said when to come back.
    var retries: Int
    /// Clients that were told to come back and did not want to, or had tried often enough.
    var abandoned: Int
    /// Still without answer when the run ended.
    var unanswered: Int
    /// Different participants whose entry is in: accepted, or found to have been when they asked
    /// again because the first answer was lost.
    var participants: Int
    /// Of those who were told to wait and came in, how many waited longer than a fifth more than
    /// they were told; nil where nobody did.
    var lateWaits: Int?
    /// Of all pairs of them, the share that came in the wrong way round.
    var disorder: Double?
    /// `participant_number`s that were given to two accepted entries: each one is a lie.
    var duplicateNumbers: Int
    /// Of the verdicts `refused` and `closed`: `second_key_limit`, `cap_reached`; nil for none.
    var reasons: [String: Int]?
}
