extension Scenario {
    /// The same at another scale.
    /// - Parameters:
    ///   - rate: requests a second that the highest rate of all streams together becomes; the
    /// others
    ///     keep their proportion to it.
    ///   - seconds: what the length of the traffic becomes; all times keep their proportion to it.
    ///   - connections: most connections of each stream.
    func adapted(rate: Double?, seconds: Double?, connections: Int?) -> Scenario {
        var scenario = self
        let time = seconds.map { $0 / self.seconds } ?? 1
        let peak = peakRate
        let steepness = peak > 0 ? (rate.map { $0 / peak } ?? 1) : 1
        for index in scenario.streams.indices {
            scenario.streams[index].curve =
                streams[index].curve.scaled(time: time, rate: steepness)
            scenario.streams[index].startSeconds *= time
            scenario.streams[index].closedSeconds *= time
            scenario.streams[index].connections = connections ?? streams[index].connections
            scenario.streams[index].expectations =
                streams[index].expectations.map { $0.scaled(time: time) }
        }
        for index in scenario.actions.indices { scenario.actions[index].atSeconds *= time }
        return scenario
    }
}

extension Expectation {
    /// The same where the run's times are longer by a factor.
    fileprivate func scaled(time: Double) -> Expectation {
        var scaled = self
        scaled.window = window?.scaled(time: time)
        scaled.bounds = bounds.map { bound in
            guard case .figure(let name, let times, let window, let stream) = bound.reference
            else { return bound }
            let reference = Reference.figure(
                name, times: times, window: window?.scaled(time: time), stream: stream)
            return Bound(relation: bound.relation, reference: reference)
        }
        return scaled
    }
}

extension Expectation.Window {
    fileprivate func scaled(time: Double) -> Self {
        if time == 1 { return self }
        let start = Int((Double(from) * time).rounded())
        let end = to == .max ? to : max(Int((Double(to) * time).rounded()), start + 1)
        return Self(from: start, to: end)
    }
}
