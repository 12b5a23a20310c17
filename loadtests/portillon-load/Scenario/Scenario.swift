import Wire

/// What a run does: operations, streams of requests to them, things done to the gateway, and what
/// is expected of it all. `loadtests/scenarios/README.md` describes the file.
struct Scenario: Sendable {
    var file: String
    var title: String
    var description: String
    var operations: [OperationPlan]
    var streams: [StreamPlan]
    var actions: [Action]
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

/// One operation of a scenario.
struct OperationPlan: Sendable, Equatable {
    /// As the scenario calls it.
    var name: String
    /// The body of `PUT /v1/operations/{operation}`, without `client`.
    var settings: JSONValue
    /// The state it is brought into before the traffic: `draft`, `open` or `closed`.
    var state: State
    /// Participants that a traffic notice announces before the traffic; nil gives none.
    var expectedParticipants: Int?
    /// Entries a second that are let in; nil sets no pace.
    var pace: Int?

    /// How often a participant may take part: `once`, `daily`, `unlimited`.
    var rule: String? {
        guard case .object(let members) = settings, case .string(let rule) = members["rule"] else {
            return nil
        }
        return rule
    }

    enum State: String, CaseIterable, Sendable {
        case draft, open, closed
    }
}

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

/// How the people of a stream behave.
struct ClientPlan: Sendable, Equatable {
    /// Share of those told when to come back who do; the others abandon.
    var patience = 1.0
    /// Most requests of one client before it gives up.
    var attempts = 100
    /// Share of clients that send their entry a second time when it was taken.
    var repeating = 0.0
    /// Whether a client whose connection failed tries again a second later.
    var retriesErrors = false
    /// Bytes a second at which slow clients send; nil sends at once.
    var bytesPerSecond: Double?
    /// Requests before a client closes its connection; 0 keeps it for ever.
    var requestsPerConnection = 0
    /// Seconds without an answer after which a client gives up.
    var timeoutSeconds = 30.0
    /// People of the stream, each of whom may come more than once; nil makes everybody new.
    var population: Int?
    /// The campaign's tag, if its people carry one.
    var source: String?
    /// Sends this in place of the operation's key.
    var key: String?
}

/// Something done to the gateway on purpose; only a gateway that the runner started can be.
struct Action: Sendable, Equatable {
    var atSeconds: Double
    var kind: Kind

    enum Kind: Sendable, Equatable {
        /// End by SIGKILL, or by SIGTERM, and start again at once.
        case restart(gracefully: Bool)
        /// Stop the process, and let it go on after so many seconds.
        case stall(seconds: Double)
    }

    var label: String {
        switch kind {
        case .restart(let gracefully): gracefully ? "restart (TERM)" : "restart (KILL)"
        case .stall(let seconds): "stall for \(seconds) s"
        }
    }
}
