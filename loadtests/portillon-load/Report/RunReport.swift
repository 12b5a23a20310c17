/// What a run showed, whole: `report.json` is this, and `report.html` is drawn from this alone.
///
/// Keys are snake_case in the file. Times are seconds since the traffic began; latencies are
/// milliseconds, from the moment a request was due, not from the moment it could be sent.
struct RunReport: Codable, Sendable {
    /// Changes when the shape does.
    var format = 1
    var scenario: ScenarioNote
    /// The public listener's URL.
    var target: String
    /// The admin listener's URL; nil where the run was made without it.
    var admin: String?
    /// RFC 3339, UTC.
    var started: String
    /// From the first due request to the last answer.
    var durationSeconds: Double
    var machine: Machine
    var runner: RunnerReport
    var streams: [StreamReport]
    /// What the admin listener said meanwhile; nil where nobody asked.
    var gateway: GatewayReport?
    /// What was done to the gateway on purpose: a restart, a stall.
    var marks: [Mark]
    var expectations: [ExpectationOutcome]

    /// Whether every expectation holds.
    var isPassed: Bool { expectations.allSatisfy(\.holds) }
}

/// Which scenario ran.
struct ScenarioNote: Codable, Sendable {
    /// The file's name without its folder.
    var file: String
    var title: String
    var description: String
    /// What each operation of the scenario was called at the gateway, by its name in the file.
    var operations: [String: String]
}

/// Where the runner ran; it says nothing of the gateway's machine.
struct Machine: Codable, Sendable {
    var processor: String
    var cores: Int
    /// Of the cores, how many the runner was allowed to use.
    var coresAllowed: Int
    var kernel: String
}

/// The runner about itself: whether its figures can be believed.
struct RunnerReport: Codable, Sendable {
    /// Processor time that the runner used, all threads.
    var cpuSeconds: Double
    /// How late requests left their schedule by the runner's own fault: a connection was free, and
    /// the runner was not there.
    var lateness: Percentiles
    /// One sentence for each way in which the runner, not the gateway, set the pace; empty where
    /// the figures are the gateway's.
    var bottlenecks: [String]
}

/// Milliseconds.
struct Percentiles: Codable, Sendable, Equatable {
    var count: Int
    var mean: Double
    var p50: Double
    var p90: Double
    var p99: Double
    var p999: Double
    var max: Double
}

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
    /// From the moment a request was due to its answer's last byte.
    var latency: Percentiles
    /// From the moment it was sent: what a closed-loop tool would have shown.
    var service: Percentiles
    /// One a second, from second 0; the last ones may have answers and nothing due.
    var seconds: [StreamSecond]
}

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
}

/// One second of a stream.
struct StreamSecond: Codable, Sendable {
    var second: Int
    var due: Int
    var sent: Int
    var answered: Int
    var verdicts: [String: Int]
    var errors: Int
    /// Of the requests answered in this second; 0 without any.
    var p50: Double
    var p90: Double
    var p99: Double
    var max: Double
    /// Requests that were due and waited for a free connection, at the second's end.
    var backlog: Int
}

/// What the admin listener said.
struct GatewayReport: Codable, Sendable {
    /// Participants at the end, by the operation's name in the scenario.
    var participants: [String: Int]
    /// What the gateway did by itself, by the operation's name in the scenario; nothing where it
    /// does not say.
    var steps: [String: [GatewayStep]] = [:]
    var samples: [GatewaySample]
}

/// One look at the admin listener's metrics.
struct GatewaySample: Codable, Sendable {
    /// Seconds since the traffic began; negative before it.
    var at: Double
    /// `calm`, `strained` or `critical`; nil where the gateway did not answer.
    var pressure: String?
    /// `open`, `smoothed`, … by the operation's name in the scenario.
    var states: [String: String]
    /// Participants by the operation's name in the scenario.
    var participants: [String: Int]
    var residentBytes: Int?
    var openDescriptors: Int?
    var cpuSeconds: Double?
}

/// Something done to the gateway on purpose.
struct Mark: Codable, Sendable {
    var at: Double
    /// `restart (KILL)`, `stall for 1 s`, …
    var label: String
}

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
}
