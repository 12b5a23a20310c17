import Wire

/// What a run does: operations, streams of requests to them, things done to the gateway, and what
/// is expected of it all. `loadtests/scenarios/README.md` describes the file.
struct Scenario: Sendable {
    var file: String
    var title: String
    var description: String
    var operations: [OperationPlan]
    var streams: [StreamPlan]
    var actions: [ScenarioAction]
    /// Settings of the gateway that the runner starts, as its configuration file has them.
    var gateway: JSONValue?
    /// Expectations on the gateway and the runner; those on streams are with the streams.
    var expectations: [Expectation]
    /// Of all that is random; nil for another one each time.
    var seed: UInt64?
    /// Seconds that a run goes on after its last request was due, for answers and clients that come
    /// back.
    var graceSeconds: Double

    /// Seconds of traffic: until the last stream's last phase ends.
    var seconds: Double {
        streams.map { $0.startSeconds + $0.seconds }.max() ?? 0
    }

    /// The highest rate of all streams together, in requests a second; 0 for closed loops.
    var peakRate: Double {
        var peak = 0.0
        let times = streams.flatMap { stream in
            stream.curve.pieces.indices.flatMap { index in
                let start = stream.startSeconds + stream.curve.startSeconds(of: index)
                return [start, start + stream.curve.pieces[index].seconds]
            }
        }
        for time in times {
            // Just before and just after: a rate may jump at the boundary of two phases.
            for moment in [time - 1e-6, time + 1e-6] {
                peak = max(
                    peak,
                    streams.reduce(0) { $0 + $1.curve.rate(at: moment - $1.startSeconds) })
            }
        }
        return peak
    }
}
