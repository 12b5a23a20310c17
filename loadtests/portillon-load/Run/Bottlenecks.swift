import Foundation

/// Whether the runner, and not the gateway, set the pace of a run.
enum Bottlenecks {
    /// One sentence for each.
    /// - Parameter loopShare: processor time of the loop's thread over the time the traffic took.
    static func found(in engine: borrowing Engine, loopShare: Double) -> [String] {
        var found: [String] = []
        let late = Percentiles(engine.lateness)
        let quickest = engine.streams.map { Percentiles($0.whole.latency).p99 }.min() ?? 0
        // A millisecond is more than the kernel's timers and one turn of the loop need; a tenth of
        // what is reported as p99 would be the runner's own.
        if late.p99 > max(1, quickest / 10) {
            let cause =
                loopShare > 0.9
                ? "the runner used all of its core"
                : "the machine did not let the runner run when it had to"
            found.append(
                """
                1 % of the requests left \(text(late.p99)) ms late or more, whatever the gateway \
                did: \(cause).
                """)
        }
        if engine.streams.contains(where: { $0.plan.pacing == .closed }), loopShare > 0.95 {
            found.append(
                """
                The runner's loop used \(Int((loopShare * 100).rounded())) % of a core in a closed \
                loop: the gateway could have answered more.
                """)
        }
        if let error = engine.exhausted {
            found.append("Connections could not be begun: \(error).")
        }
        for stream in engine.streams
        where stream.plan.pacing != .closed && stream.secondsWithBacklog * 10 > stream.seconds.count
        {
            found.append(
                """
                \(stream.plan.name): all \(stream.plan.connections) connections were busy at the \
                end of \(stream.secondsWithBacklog) of \(stream.seconds.count) seconds; requests \
                waited for one, and their latency counts it.
                """)
        }
        return found
    }

    private static func text(_ milliseconds: Double) -> String {
        String(format: "%.1f", milliseconds)
    }
}
