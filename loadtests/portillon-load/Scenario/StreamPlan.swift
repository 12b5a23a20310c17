/// Requests of one kind to one operation.
struct StreamPlan: Sendable {
    var name: String
    /// Index into the scenario's operations.
    var operation: Int
    /// Seconds from the start of the traffic to the stream's first phase.
    var startSeconds: Double
    var pacing: Pacing
    /// When requests are due; empty in a closed loop.
    var curve: RateCurve
    /// Of a closed loop: how long it goes on, and the most requests it sends.
    var closedSeconds: Double
    var closedRequests: Int?
    /// Whether each `participant_number` may be given to one entry only: so it is where people can
    /// take part once.
    var givesNumbersOnce: Bool
    /// Most connections at once.
    var connections: Int
    /// Addresses of this machine that the connections come from; 0 leaves it to the kernel.
    var addresses: Int
    var clients: ClientPlan
    var expectations: [Expectation]

    var seconds: Double { pacing == .closed ? closedSeconds : curve.seconds }

    enum Pacing: String, CaseIterable, Sendable {
        /// At equal distances.
        case paced
        /// At random, as people who do not know of each other.
        case poisson
        /// Each connection sends when it has its answer: not how people come, but how peers and
        /// capacities are compared.
        case closed
    }
}
