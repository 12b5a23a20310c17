import Histogram

/// What was counted over some time: a second, a window, a run.
struct Tally: Sendable {
    /// First attempts that were due.
    var due = 0
    var sent = 0
    var answered = 0
    /// By ``Verdict``.
    var verdicts = [Int](repeating: 0, count: Verdict.allCases.count)
    /// By ``Reason``.
    var reasons = [Int](repeating: 0, count: Reason.allCases.count)
    /// Answers without a verdict, by status.
    var statuses: [Int: Int] = [:]
    /// By ``Failure``.
    var errors = [Int](repeating: 0, count: Failure.allCases.count)
    var retries = 0
    var abandoned = 0
    /// Microseconds from the moment a request was due to its answer.
    var latency: TimeSample
    /// Microseconds from the moment it was sent.
    var service: TimeSample

    /// - Parameter digits: so many digits of many times are exact. The more there are the longer it
    ///   takes to look at them, and to forget them.
    init(digits: SignificantDigits = .three) {
        latency = TimeSample(digits: digits)
        service = TimeSample(digits: digits)
    }

    /// Why a request has no answer.
    enum Failure: Int, CaseIterable, Sendable {
        case connect, timeout, closed, malformed
    }

    /// An answer's times, in microseconds.
    mutating func record(latency: UInt64, service: UInt64) {
        self.latency.record(latency)
        self.service.record(service)
    }

    /// Adds all but the times, which are recorded where they are counted.
    mutating func addCounts(of other: Tally) {
        due += other.due
        sent += other.sent
        answered += other.answered
        for index in verdicts.indices { verdicts[index] += other.verdicts[index] }
        for index in reasons.indices { reasons[index] += other.reasons[index] }
        statuses.merge(other.statuses) { $0 + $1 }
        for index in errors.indices { errors[index] += other.errors[index] }
        retries += other.retries
        abandoned += other.abandoned
    }

    /// Back to nothing; keeps the histograms' memory.
    mutating func reset() {
        due = 0
        sent = 0
        answered = 0
        for index in verdicts.indices { verdicts[index] = 0 }
        for index in reasons.indices { reasons[index] = 0 }
        statuses.removeAll(keepingCapacity: true)
        for index in errors.indices { errors[index] = 0 }
        retries = 0
        abandoned = 0
        latency.reset()
        service.reset()
    }

    func count(_ verdict: Verdict) -> Int { verdicts[verdict.rawValue] }
    var failed: Int { errors.reduce(0, +) }

    /// Answers by name: verdicts, and `http_<status>` for those without.
    var outcomes: [String: Int] {
        var found: [String: Int] = [:]
        for verdict in Verdict.allCases where count(verdict) > 0 {
            found[verdict.name] = count(verdict)
        }
        for (status, count) in statuses { found["http_\(status)"] = count }
        return found
    }

    /// As a report tells it, with nothing of what only a whole run has.
    var totals: StreamTotals {
        StreamTotals(
            due: due, sent: sent, answered: answered, verdicts: outcomes, errors: failures,
            retries: retries, abandoned: abandoned, unanswered: 0, participants: 0,
            duplicateNumbers: 0, reasons: reasonsByName)
    }

    /// Nil where there are none.
    private var reasonsByName: [String: Int]? {
        var found: [String: Int] = [:]
        for reason in Reason.allCases where reasons[reason.rawValue] > 0 {
            found[reason.name] = reasons[reason.rawValue]
        }
        return found.isEmpty ? nil : found
    }

    /// Failures by name.
    var failures: [String: Int] {
        var found: [String: Int] = [:]
        for failure in Failure.allCases where errors[failure.rawValue] > 0 {
            found["\(failure)"] = errors[failure.rawValue]
        }
        return found
    }
}

extension Percentiles {
    /// Of a histogram of microseconds.
    init(_ histogram: Histogram<UInt64>) {
        func milliseconds(_ percentile: Double) -> Double {
            Double(histogram.valueAtPercentile(percentile)) / 1_000
        }
        count = Int(histogram.totalCount)
        guard count > 0 else {
            (mean, p50, p90, p99, p999, max) = (0, 0, 0, 0, 0, 0)
            return
        }
        mean = histogram.mean / 1_000
        p50 = milliseconds(50)
        p90 = milliseconds(90)
        p99 = milliseconds(99)
        p999 = milliseconds(99.9)
        max = Double(histogram.maxRecorded) / 1_000
    }
}
