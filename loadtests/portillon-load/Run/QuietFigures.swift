import Histogram

/// The times of a window's answers whose requests were due while the machine ran as it should.
struct QuietFigures: Sendable {
    let latency: Percentiles
    let service: Percentiles
    /// Of the window's answers.
    let share: Double

    /// A p99 rests on ten answers at least, and on most of what there was.
    private static let fewest = 1_000
    private static let leastShare = 0.5

    /// - Returns: nil where too few are left to judge by.
    init?(_ answers: [AnswerTimes], in quiet: QuietTimes) {
        var tally = Tally()
        for answer in answers where quiet.contains(answer.due) {
            tally.record(latency: UInt64(answer.latency), service: UInt64(answer.service))
        }
        latency = Percentiles(tally.latency)
        service = Percentiles(tally.service)
        share = Double(latency.count) / Double(max(answers.count, 1))
        guard latency.count >= Self.fewest, share >= Self.leastShare else { return nil }
    }
}

extension StreamSecond {
    /// Fills in what the answers of a window, due since `start`, say of each quiet second.
    static func addQuiet(
        _ answers: [AnswerTimes], in quiet: QuietTimes, since start: UInt64,
        to seconds: inout [StreamSecond]
    ) {
        var times = [[UInt64]](repeating: [], count: seconds.count)
        for answer in answers where answer.due >= start && quiet.contains(answer.due) {
            let second = Int((answer.due - start) / 1_000_000_000)
            if second < times.count { times[second].append(UInt64(answer.latency)) }
        }
        for (second, found) in times.enumerated() where !found.isEmpty {
            seconds[second].quiet = found.count
            seconds[second].quietP99 = Percentiles(exact: found).p99
        }
    }
}
