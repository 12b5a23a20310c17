/// How long entries waited, by the gateway's own metrics and by the runner's clock: what a gateway
/// says of itself should add up to what its clients see.
struct WaitComparison: Codable, Sendable, Equatable {
    /// The mean from the arrival of a request's bytes until the gateway read them, in milliseconds:
    /// `portillon_unread_wait_seconds`.
    var unreadMs: Double
    /// The mean from there to an entry's answer: `portillon_http_request_duration_seconds`.
    var answerMs: Double
    /// The mean from sending to the answer, of all streams.
    var serviceMs: Double

    /// What the gateway says, as a share of what the runner saw.
    var ratio: Double { (unreadMs + answerMs) / serviceMs }

    /// - Parameter service: of each stream.
    /// - Returns: nil where the gateway did not say, or nothing was answered.
    init?(_ samples: [GatewaySample], service: [Percentiles]) {
        let waits = samples.compactMap(\.waits)
        var total = WaitTotals()
        // A gateway that was started again counts from zero again: nothing is known in between.
        for (before, after) in zip(waits, waits.dropFirst()) where after.answers >= before.answers {
            total.add(after, since: before)
        }
        let answered = service.reduce(0) { $0 + $1.count }
        guard total.reads > 0, total.answers > 0, answered > 0 else { return nil }
        unreadMs = total.unreadSeconds / total.reads * 1_000
        answerMs = total.answerSeconds / total.answers * 1_000
        serviceMs = service.reduce(0) { $0 + $1.mean * Double($1.count) } / Double(answered)
        guard serviceMs > 0 else { return nil }
    }
}

/// Sums and counts of the gateway's two histograms since it started.
struct WaitTotals: Codable, Sendable, Equatable {
    var unreadSeconds = 0.0
    var reads = 0.0
    var answerSeconds = 0.0
    var answers = 0.0

    fileprivate mutating func add(_ after: WaitTotals, since before: WaitTotals) {
        unreadSeconds += after.unreadSeconds - before.unreadSeconds
        reads += after.reads - before.reads
        answerSeconds += after.answerSeconds - before.answerSeconds
        answers += after.answers - before.answers
    }
}
