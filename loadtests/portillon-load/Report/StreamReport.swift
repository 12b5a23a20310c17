/// One stream of the scenario: who sent, to which operation, what came back.
struct StreamReport: Codable, Sendable {
    var name: String
    /// The operation's name in the scenario.
    var operation: String
    /// The schedule in words: `constant 500/s for 30 s, Poisson`.
    var schedule: String
    var totals: StreamTotals
    /// Answers a second while the schedule ran.
    var answersPerSecond: Double
    /// From the moment a request was due until the kernel had its answer's last byte; until the
    /// runner read it, where the kernel does not say.
    var latency: Percentiles
    /// From the moment it was sent: what a closed-loop tool would have shown.
    var service: Percentiles
    /// One a second, from second 0; the last ones may have answers and nothing due.
    var seconds: [StreamSecond]
}
