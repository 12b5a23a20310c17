/// One expectation of the scenario, and what was found.
struct ExpectationOutcome: Codable, Sendable {
    /// A stream's name, or `gateway`, or `runner`.
    var subject: String
    /// The figure: `p99_ms`, `accepted_ratio`, …
    var figure: String
    /// In words: `at most 50`, `between 990 and 1010`.
    var bound: String
    /// Seconds of the run that were looked at, in words; nil for all of it.
    var window: String?
    /// Nil where there was nothing to measure; then it does not hold.
    var found: Double?
    var holds: Bool
    /// Why a figure that was found says nothing; nil where it does. What is not judged does not
    /// hold.
    var notJudged: String?
    /// By what it was judged, where that is not all that was found.
    var note: String?
}
