/// The runner about itself: whether its figures can be believed.
struct RunnerReport: Codable, Sendable {
    /// Processor time that the runner used, all threads.
    var cpuSeconds: Double
    /// How late requests left their schedule by the runner's own fault: a connection was free, and
    /// the runner was not there.
    var lateness: Percentiles
    /// How long answers lay in the kernel until the runner read them. They are counted as come when
    /// the kernel had them, so this is in no other figure.
    var unread: Percentiles
    /// Answers of which the kernel did not say when it had them: they are counted as come when they
    /// were read, and how long they lay there is not known.
    var unstamped: Int
    /// One sentence for each way in which the runner, not the gateway, set the pace; empty where
    /// the figures are the gateway's.
    var bottlenecks: [String]
    /// When the machine did not run; nil in reports of before it was looked at.
    var standstills: Standstills?
}
