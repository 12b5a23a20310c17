internal import Exposition

/// What is counted of robots altogether; each operation's own has its families among those.
extension Metrics {
    func writeRobots(_ writer: inout MetricsWriter) {
        writer.family(
            "portillon_robot_counts_left_out", .counter,
            help: "Counts of robots by rule, tool, key or network that found no room.")
        writer.sample(shared.robots.counts.leftOut)
    }
}
