/// What the admin listener said.
struct GatewayReport: Codable, Sendable {
    /// Participants at the end, by the operation's name in the scenario.
    var participants: [String: Int]
    /// What the gateway did by itself, by the operation's name in the scenario; nothing where it
    /// does not say.
    var steps: [String: [GatewayStep]] = [:]
    var samples: [GatewaySample]
    /// Its waits beside the runner's; nil where they are not known.
    var waits: WaitComparison?
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
    /// How long requests have waited since it started.
    var waits: WaitTotals?
}
