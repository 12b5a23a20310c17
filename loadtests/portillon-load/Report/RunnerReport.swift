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
