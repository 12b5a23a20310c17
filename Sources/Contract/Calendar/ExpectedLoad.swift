package import Time

/// Entries a second that are expected over time: a staircase.
package struct ExpectedLoad: Equatable, Sendable {
    /// A rate from a moment on, until the next step.
    package struct Step: Equatable, Sendable {
        package var at: Timestamp
        /// Expected entries a second.
        package var perSecond: Double

        package init(at: Timestamp, perSecond: Double) {
            self.at = at
            self.perSecond = perSecond
        }
    }

    /// In order of time, no moment twice. Before the first one nothing is expected.
    package let steps: [Step]

    /// The sum of waves.
    package init(_ waves: some Sequence<ExpectedWave>) {
        var changes: [Timestamp: Double] = [:]
        for wave in waves {
            for change in wave.changes { changes[change.at, default: 0] += change.perSecond }
        }
        var rate = 0.0
        steps = changes.sorted { $0.key < $1.key }.map { at, change in
            rate += change
            // What is left of sums that should be nothing is no entry in a century.
            if rate < Self.nothing { rate = 0 }
            return Step(at: at, perSecond: rate)
        }
    }

    /// - Parameter steps: in any order; of several at one moment the last one counts.
    package init(steps: [Step]) {
        let rates = Dictionary(steps.map { ($0.at, $0.perSecond) }) { _, last in last }
        self.steps = rates.sorted { $0.key < $1.key }.map { Step(at: $0.key, perSecond: $0.value) }
    }

    /// The sum of two loads.
    package static func + (left: ExpectedLoad, right: ExpectedLoad) -> ExpectedLoad {
        ExpectedLoad(
            steps: (left.steps + right.steps).map {
                Step(at: $0.at, perSecond: left.perSecond(at: $0.at) + right.perSecond(at: $0.at))
            })
    }

    private static var nothing: Double { 1e-9 }

    /// The rate at a moment.
    package func perSecond(at time: Timestamp) -> Double {
        let next = firstIndex(after: time)
        return next == 0 ? 0 : steps[next - 1].perSecond
    }

    /// The highest rate in an interval.
    /// - Parameters:
    ///   - start: the first moment.
    ///   - end: the first moment behind it.
    /// - Returns: the rate, and the first moment in the interval at which it is expected.
    package func peak(from start: Timestamp, to end: Timestamp) -> Step {
        var peak = Step(at: start, perSecond: perSecond(at: start))
        for step in steps[firstIndex(after: start)...] {
            if step.at >= end { break }
            if step.perSecond > peak.perSecond { peak = step }
        }
        return peak
    }

    /// The same load in slots of equal length, each with the peak within it; slots of the same rate
    /// are one step. It never falls below the load, and has no more steps than there are slots.
    /// - Parameters:
    ///   - start: of the first slot.
    ///   - end: the first moment that is left out.
    ///   - milliseconds: the length of a slot, above 0.
    package func peaks(
        from start: Timestamp, to end: Timestamp, slotMilliseconds milliseconds: Int64
    ) -> ExpectedLoad {
        var found: [Step] = []
        var slot = start
        while slot < end {
            let next = min(slot.advanced(byMilliseconds: milliseconds), end)
            let rate = peak(from: slot, to: next).perSecond
            if rate != found.last?.perSecond ?? 0 { found.append(Step(at: slot, perSecond: rate)) }
            slot = next
        }
        if found.last?.perSecond ?? 0 > 0 { found.append(Step(at: end, perSecond: 0)) }
        return ExpectedLoad(steps: found)
    }

    /// The index of the first step after a moment; the number of steps if there is none.
    private func firstIndex(after time: Timestamp) -> Int {
        var (low, high) = (0, steps.count)
        while low < high {
            let middle = (low + high) / 2
            if steps[middle].at <= time { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
