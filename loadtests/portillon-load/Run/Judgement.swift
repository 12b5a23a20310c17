/// Holds what was found against what was expected.
struct Judgement {
    let scenario: Scenario
    let streams: [StreamReport]
    /// What was counted in windows, by stream.
    let windows: [[WindowState]]
    let gateway: GatewayReport?
    let runner: RunnerReport
    /// When the machine ran as it should; nil where that is not known.
    var quiet: QuietTimes?

    var outcomes: [ExpectationOutcome] {
        var found: [ExpectationOutcome] = []
        for (index, plan) in scenario.streams.enumerated() {
            found += plan.expectations.map { expectation in
                outcome(of: expectation, subject: plan.name) { figure, window in
                    self.figure(figure, window, ofStream: index)
                } quiet: { figure, window in
                    quietFigure(figure, window, ofStream: index)
                }
            }
        }
        found += scenario.expectations.map { expectation in
            let subject = expectation.figure.hasPrefix("runner_") ? "runner" : "gateway"
            return outcome(of: expectation, subject: subject) { figure, _ in
                figureOfRun(figure)
            }
        }
        return found
    }

    /// - Parameter quiet: the same figures of what was due while the machine ran as it should; nil
    ///   where there is no such figure.
    private func outcome(
        of expectation: Expectation, subject: String,
        figure: (String, Expectation.Window?) -> Double?,
        quiet: (String, Expectation.Window?) -> (value: Double, share: Double)? = { _, _ in nil }
    ) -> ExpectationOutcome {
        let (found, bound, holds) = compare(expectation, figure)
        var outcome = ExpectationOutcome(
            subject: subject, figure: expectation.figure, bound: bound,
            window: expectation.window?.description, found: found, holds: holds)
        // What was waited for only grows while the machine stands still: at most so much is held
        // all the same.
        let isCertain = holds && expectation.bounds.allSatisfy(\.isNumberAtMost)
        guard let standstills = runner.standstills, standstills.spoilsTails, let found,
            expectation.isOfTail, !isCertain
        else { return outcome }
        // All that it looks at is of those times, or nothing is.
        var shares: [Double] = []
        let quietly = compare(expectation) { name, window in
            guard let figure = quiet(name, window) else { return nil }
            shares.append(figure.share)
            return figure.value
        }
        if let share = shares.min(), shares.count == expectation.figureCount {
            outcome.found = quietly.found
            outcome.bound = quietly.bound
            outcome.holds = quietly.holds
            outcome.note = standstills.note(share: share, ofAll: Self.text(found))
        } else {
            outcome.holds = false
            outcome.notJudged = standstills.reason
        }
        return outcome
    }

    private func compare(
        _ expectation: Expectation, _ figure: (String, Expectation.Window?) -> Double?
    ) -> (found: Double?, bound: String, holds: Bool) {
        let found = figure(expectation.figure, expectation.window)
        var words: [String] = []
        var holds = found != nil
        for bound in expectation.bounds {
            let (value, text) = resolve(bound.reference, figure)
            words.append(bound.relation.words + " " + text)
            holds = holds && value.map { bound.relation.holds(found ?? .nan, $0) } ?? false
        }
        return (found, words.joined(separator: ", "), holds)
    }

    private func resolve(
        _ reference: Expectation.Reference, _ figure: (String, Expectation.Window?) -> Double?
    ) -> (value: Double?, text: String) {
        switch reference {
        case .number(let number): return (number, Self.text(number))
        case .figure(let name, let times, let window, let stream):
            let other = stream.flatMap { name in
                scenario.streams.firstIndex { $0.name == name }
            }
            let base =
                stream == nil
                ? figure(name, window) : other.flatMap { self.figure(name, nil, ofStream: $0) }
            let value = base.map { $0 * times }
            let factor = times == 1 ? "" : Self.text(times) + " × "
            let place = window.map { " " + $0.description } ?? stream.map { " of " + $0 } ?? ""
            let shown = value.map { " = " + Self.text($0) } ?? " (not measured)"
            return (value, factor + name + place + shown)
        }
    }

    private static func text(_ number: Double) -> String {
        if number == number.rounded(), number.magnitude < 1e15 { return "\(Int(number))" }
        return "\((number * 1_000).rounded() / 1_000)"
    }

    // MARK: Figures of a stream

    private func figure(
        _ name: String, _ window: Expectation.Window?, ofStream index: Int
    ) -> Double? {
        let report = streams[index]
        if let window {
            guard let found = windows[index].first(where: { $0.window == window }) else {
                return nil
            }
            let length = Double(min(window.to, report.seconds.count) - window.from)
            return Self.figure(
                name, found.tally.totals, Percentiles(found.tally.latency),
                Percentiles(found.tally.service), seconds: length)
        }
        switch name {
        case "participants": return Double(report.totals.participants)
        case "unanswered": return Double(report.totals.unanswered)
        case "duplicate_numbers": return Double(report.totals.duplicateNumbers)
        case "gateway_participants": return gateway?.participants[report.operation].map(Double.init)
        case "answers_per_second": return report.answersPerSecond
        case "late_waits": return report.totals.lateWaits.map(Double.init)
        case "disorder": return report.totals.disorder
        case "crossings", "crossed_at_participant", "smoothings", "suspensions", "resumptions",
            "advices", "first_smoothing_s", "state_changes", "advised_changes":
            guard let steps = gateway?.steps[report.operation] else { return nil }
            return Self.figure(name, steps, from: scenario.streams[index].startSeconds)
        default:
            return Self.figure(
                name, report.totals, report.latency, report.service, seconds: 0)
        }
    }

    /// Of times alone, and of a window.
    private func quietFigure(
        _ name: String, _ window: Expectation.Window?, ofStream index: Int
    ) -> (value: Double, share: Double)? {
        let state = windows[index].first { $0.window == window }
        guard !Expectation.extremes.contains(name) else { return nil }
        guard let quiet, let state, let found = QuietFigures(state.answers, in: quiet),
            let value = Self.time(name, found.latency, found.service)
        else { return nil }
        return (value, found.share)
    }

    private static func figure(
        _ name: String, _ totals: StreamTotals, _ latency: Percentiles, _ service: Percentiles,
        seconds: Double
    ) -> Double? {
        let failed = totals.errors.values.reduce(0, +)
        let ended = Double(totals.answered + failed)
        let accepted = totals.verdicts[Verdict.accepted.name, default: 0]
        switch name {
        case "due": return Double(totals.due)
        case "sent": return Double(totals.sent)
        case "answered": return Double(totals.answered)
        case "errors": return Double(failed)
        case "retries": return Double(totals.retries)
        case "abandoned": return Double(totals.abandoned)
        case "accepted_ratio": return ended > 0 ? Double(accepted) / ended : nil
        case "error_ratio": return ended > 0 ? Double(failed) / ended : nil
        case "answers_per_second": return seconds > 0 ? Double(totals.answered) / seconds : nil
        default:
            if name.hasSuffix("_ms") { return time(name, latency, service) }
            return Double(totals.verdicts[name] ?? totals.reasons?[name] ?? 0)
        }
    }

    /// Milliseconds; nil where there was no answer.
    private static func time(
        _ name: String, _ latency: Percentiles, _ service: Percentiles
    ) -> Double? {
        let isService = name.hasPrefix("service_")
        let times = isService ? service : latency
        guard times.count > 0 else { return nil }
        switch isService ? String(name.dropFirst("service_".count)) : name {
        case "mean_ms": return times.mean
        case "p50_ms": return times.p50
        case "p90_ms": return times.p90
        case "p99_ms": return times.p99
        case "p999_ms": return times.p999
        case "max_ms": return times.max
        default: return nil
        }
    }

    /// Of what the gateway did by itself; seconds count from the stream's first phase.
    private static func figure(
        _ name: String, _ steps: [GatewayStep], from start: Double
    ) -> Double? {
        func count(_ kind: String) -> Double { Double(steps.count { $0.kind == kind }) }
        switch name {
        case "crossings": return count("cover_crossed")
        case "crossed_at_participant":
            return steps.last { $0.kind == "cover_crossed" }?.participants.map(Double.init)
        case "smoothings": return count("smooth")
        case "suspensions": return count("suspend")
        case "resumptions": return count("resume")
        case "state_changes": return changes(of: "", in: steps)
        case "advised_changes": return changes(of: "advise_", in: steps)
        case "advices": return Double(steps.count { $0.kind.hasPrefix("advise_") })
        case "first_smoothing_s":
            return steps.first { $0.kind == "smooth" && $0.at >= start }.map { $0.at - start }
        default: return nil
        }
    }

    /// How often the operation went from one state to another; another pace is no other state.
    private static func changes(of prefix: String, in steps: [GatewayStep]) -> Double {
        let states = steps.map(\.kind)
            .filter { kind in
                ["smooth", "suspend", "resume"].contains { kind == prefix + $0 }
            }
        return Double(zip([prefix + "resume"] + states, states).count { $0 != $1 })
    }

    // MARK: Figures of the run

    private func figureOfRun(_ name: String) -> Double? {
        if name == "runner_late_p99_ms" { return runner.lateness.p99 }
        if name == "runner_unread_p99_ms" {
            return runner.unread.count > 0 ? runner.unread.p99 : nil
        }
        guard let samples = gateway?.samples else { return nil }
        let memory = Growth(samples.compactMap { $0.residentBytes.map(Double.init) })
        switch name {
        case "memory_growth_bytes": return memory?.difference
        case "memory_growth_ratio": return memory?.ratio
        case "descriptors_growth":
            return Growth(samples.compactMap { $0.openDescriptors.map(Double.init) })?.difference
        case "waits_ratio": return gateway?.waits?.ratio
        case "unanswered_samples": return Double(samples.count { $0.residentBytes == nil })
        case "pressure_changes":
            let levels = samples.compactMap(\.pressure)
            return Double(zip(levels, levels.dropFirst()).count { $0 != $1 })
        default: return nil
        }
    }
}

extension Expectation.Bound {
    fileprivate var isNumberAtMost: Bool {
        if case .number = reference { return relation == .atMost }
        return false
    }
}

extension Expectation.Relation {
    fileprivate var words: String {
        switch self {
        case .atMost: "at most"
        case .atLeast: "at least"
        case .equals: "equal to"
        }
    }

    fileprivate func holds(_ found: Double, _ bound: Double) -> Bool {
        switch self {
        case .atMost: found <= bound
        case .atLeast: found >= bound
        case .equals: found == bound
        }
    }
}
