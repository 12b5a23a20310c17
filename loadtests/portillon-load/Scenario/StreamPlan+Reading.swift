import Foundation
import Wire

extension StreamPlan {
    /// - Parameters:
    ///   - operations: the scenario's.
    ///   - profiles: the folder that profiles' paths begin from.
    init(
        _ json: JSONValue, at path: String, operations: [OperationPlan], profiles: URL
    ) throws(ScenarioError) {
        var members = try Members(json, at: path)
        let names = operations.map { $0.name }
        let name = try members.string("operation") ?? (names.count == 1 ? names[0] : "")
        guard let operation = names.firstIndex(of: name) else {
            throw members.wrong("operation", "one of \(names.joined(separator: ", ")) is needed")
        }
        self.operation = operation
        givesNumbersOnce = operations[operation].rule == "once"
        self.name = try members.string("name") ?? name
        startSeconds = try members.number("starts", in: 0...1e6) ?? 0
        let wanted = try members.string("arrivals") ?? Pacing.poisson.rawValue
        guard let pacing = Pacing(rawValue: wanted) else {
            throw members.wrong("arrivals", "poisson, paced or closed is needed")
        }
        self.pacing = pacing
        curve = RateCurve()
        closedSeconds = 0
        closedRequests = nil
        connections = try members.integer("connections", in: 1...60_000) ?? 100
        addresses = try members.integer("addresses", in: 0...10_000) ?? 0
        clients = ClientPlan()
        if let people = try members.object("clients") { clients = try ClientPlan(people) }
        expectations = try Expectation.list(&members, figures: FigureNames.ofStream)
        let phases = try members.array("phases")
        guard !phases.isEmpty else { throw members.wrong("phases", "at least one is needed") }
        if pacing == .closed {
            try readClosedLoop(phases)
        } else {
            for (json, path) in phases { try readPhase(json, at: path, profiles: profiles) }
        }
        try members.end()
    }

    private mutating func readClosedLoop(
        _ phases: [(json: JSONValue, path: String)]
    ) throws(ScenarioError) {
        guard phases.count == 1 else {
            throw ScenarioError(path: phases[1].path, reason: "a closed loop has one phase")
        }
        var members = try Members(phases[0].json, at: phases[0].path)
        closedRequests = try members.integer("requests", in: 1...1_000_000_000)
        let seconds = try members.number("seconds", in: 0.1...1e6)
        guard let limit = seconds ?? closedRequests.map({ _ in 600 }) else {
            throw members.wrong("seconds", "seconds, or requests, are needed")
        }
        closedSeconds = limit
        try members.end()
    }

    private mutating func readPhase(
        _ json: JSONValue, at path: String, profiles: URL
    ) throws(ScenarioError) {
        var members = try Members(json, at: path)
        guard let seconds = try members.number("seconds", in: 0.1...1e6) else {
            throw members.wrong("seconds", "how long it lasts is needed")
        }
        if let profile = try members.string("profile") {
            guard let requests = try members.number("requests", in: 1...1e9) else {
                throw members.wrong("requests", "how many in all is needed with a profile")
            }
            let file = profiles.appending(path: profile)
            let shape = try Profile.read(file).curve(seconds: seconds, requests: requests)
            for piece in shape.pieces { curve.append(piece) }
        } else {
            let (from, to) = try rates(&members)
            curve.append(RateCurve.Piece(seconds: seconds, from: from, to: to))
        }
        try members.end()
    }

    /// `"rate": 500`, or `"rate": [500, 2000]` for a ramp.
    private func rates(_ members: inout Members) throws(ScenarioError) -> (Double, Double) {
        let needed = "requests a second are needed: 500, or [500, 2000] for a ramp"
        let rate = members.take("rate")
        let ends = rate?.elements.count == 2 ? rate?.elements : rate.map { [$0, $0] }
        guard let ends, let from = ends[0].number, let to = ends[1].number,
            (0...1e7).contains(from), (0...1e7).contains(to)
        else { throw members.wrong("rate", needed) }
        return (from, to)
    }
}

extension ClientPlan {
    init(_ members: Members) throws(ScenarioError) {
        var members = members
        self.init()
        patience = try members.number("patience", in: 0...1) ?? patience
        attempts = try members.integer("attempts", in: 1...10_000) ?? attempts
        repeating = try members.number("repeating", in: 0...1) ?? repeating
        retriesErrors = try members.bool("retries_errors") ?? retriesErrors
        bytesPerSecond = try members.number("bytes_per_second", in: 0.1...1e6)
        requestsPerConnection =
            try members.integer("requests_per_connection", in: 0...1_000_000_000)
            ?? requestsPerConnection
        timeoutSeconds = try members.number("timeout_seconds", in: 0.1...3_600) ?? timeoutSeconds
        population = try members.integer("population", in: 1...1_000_000_000)
        source = try members.string("source")
        peoplePerSecondKey = try members.integer("people_per_second_key", in: 1...1_000_000)
        key = try members.string("key")
        try members.end()
    }
}
