/// What a report says in sentences, on the page and on the terminal alike.
extension RunReport {
    enum Outcome: Equatable {
        case passed(expectations: Int)
        case failed(Int, of: Int)
        /// None failed, and some could not be judged.
        case undecided(Int, of: Int)
        /// The scenario expects nothing, so nothing was judged.
        case notJudged
    }

    var outcome: Outcome {
        let undecided = expectations.count { $0.notJudged != nil }
        let failed = expectations.count { !$0.holds } - undecided
        if failed > 0 { return .failed(failed, of: expectations.count) }
        if undecided > 0 { return .undecided(undecided, of: expectations.count) }
        return expectations.isEmpty ? .notJudged : .passed(expectations: expectations.count)
    }
}

extension RunReport.Outcome {
    var word: String {
        switch self {
        case .passed: "passed"
        case .failed: "failed"
        case .undecided, .notJudged: "not judged"
        }
    }

    var sentence: String {
        switch self {
        case .passed(1): "the one expectation holds"
        case .passed(2): "both expectations hold"
        case .passed(let count): "all \(count) expectations hold"
        case .failed(let failed, let count):
            "\(failed) of \(count) expectation\(count == 1 ? "" : "s")"
                + (failed == 1 ? " does not hold" : " do not hold")
        case .undecided(let undecided, let count):
            "\(undecided) of \(count) expectation\(count == 1 ? "" : "s") cannot be judged"
        case .notJudged: "the scenario expects nothing"
        }
    }
}

extension RunnerReport {
    static let warning = "The runner itself was the bottleneck"
    static let warningMeaning =
        "The figures say less about the gateway than about the machine that sent."

    /// How well the schedule was kept: for a runner that was no bottleneck.
    func punctuality(_ numbers: NumberFormat) -> String {
        guard lateness.count > 0 else {
            return "The runner had no schedule to keep: it sent when it had an answer."
        }
        return "The runner kept its schedule: by its own fault, 99 % of requests left at most "
            + "\(numbers.milliseconds(lateness.p99)) ms late, "
            + "the latest \(numbers.milliseconds(lateness.max)) ms."
    }

    /// How long answers lay unread, and where their times are from; nil where none came.
    func reading(_ numbers: NumberFormat) -> String? {
        guard unread.count > 0 else {
            guard unstamped > 0 else { return nil }
            return "The kernel did not say when it had an answer: each one is counted as come when "
                + "the runner read it."
        }
        let times =
            "Answers lay unread for \(numbers.milliseconds(unread.mean)) ms at a mean, "
            + "99 % at most \(numbers.milliseconds(unread.p99)) ms, by the kernel's stamps; "
            + "latencies end before that"
        guard unstamped > 0 else { return times + "." }
        let these = unstamped == 1 ? "1 answer" : "\(numbers.count(unstamped)) answers"
        return times + ", but for \(these) without a stamp."
    }

    /// Whether the runner kept its schedule, what it left unread, what it used.
    func account(over seconds: Double, _ numbers: NumberFormat) -> String {
        let first = bottlenecks.isEmpty ? punctuality(numbers) : Self.warningMeaning
        return [
            first, reading(numbers), processorUse(over: seconds, numbers),
            standstills?.sentence(numbers),
        ].compactMap(\.self).joined(separator: " ")
    }

    func processorUse(over seconds: Double, _ numbers: NumberFormat) -> String {
        let text = "The runner used \(numbers.decimal(cpuSeconds, places: 1)) s of processor time"
        guard seconds > 0 else { return text + "." }
        return text + ", \(numbers.decimal(cpuSeconds / seconds, places: 2)) cores on average."
    }
}

extension Standstills {
    /// Nil where there is nothing to say.
    func sentence(_ numbers: NumberFormat) -> String? {
        guard count > 0 else { return nil }
        let times = count == 1 ? "once" : "\(numbers.count(count)) times"
        let text =
            "The machine stood still \(times), for \(numbers.milliseconds(longestMs)) ms at the "
            + "longest and \(numbers.decimal(share * 100, places: 2)) % of the time"
        if !isRealTime {
            return text + "; this was looked at without real-time priority, where a busy core "
                + "counts as well, and nothing is judged by it."
        }
        return text
            + (spoilsTails
                ? ": a p99 of all answers says more about the machine than about the gateway."
                : ".")
    }
}

extension WaitComparison {
    func sentence(_ numbers: NumberFormat) -> String {
        "By its own metrics the gateway let a request wait \(numbers.milliseconds(unreadMs)) ms "
            + "unread and answered an entry \(numbers.milliseconds(answerMs)) ms later, at a "
            + "mean; that is \(numbers.decimal(ratio, places: 2)) of the "
            + "\(numbers.milliseconds(serviceMs)) ms that the runner measured from send to answer."
    }
}

extension Machine {
    var sentence: String {
        let allowed = coresAllowed == cores ? "" : ", \(coresAllowed) of them allowed"
        return "\(processor), \(cores) core\(cores == 1 ? "" : "s")\(allowed), \(kernel)"
    }
}

extension ExpectationOutcome {
    func foundText(_ numbers: NumberFormat) -> String {
        found.map(numbers.found) ?? "nothing measured"
    }
}

extension StreamTotals {
    /// Verdicts with their counts, in the order in which a person looks for them.
    var verdictsInOrder: [(name: String, count: Int)] {
        verdicts.sorted { Fill.precedes(($0.key, $0.value), ($1.key, $1.value)) }
            .map { ($0.key, $0.value) }
    }

    /// Causes with their counts, the most frequent first.
    var errorsInOrder: [(name: String, count: Int)] {
        errors.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { ($0.key, $0.value) }
    }
}
