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
    var marks: [TimelineMark]
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

/// Something done to the gateway on purpose.
struct TimelineMark: Codable, Sendable {
    var at: Double
    /// `restart (KILL)`, `stall for 1 s`, …
    var label: String
}
