import Glibc

@testable import portillon_load

/// Reports as runs make them, from a seed: the same one gives the same report.
struct SampleReport {
    static let seed: UInt64 = 20_261_114

    private var random: SplitMix64
    private var seconds: [StreamSecond] = []

    private init(seed: UInt64) {
        random = SplitMix64(seed: seed)
    }

    /// A spot is shown on television: a surge, some pressure, a gateway that is killed and comes
    /// back. Two expectations fail.
    static func televisionSpot(seed: UInt64 = seed) -> RunReport {
        var sample = SampleReport(seed: seed)
        for second in 0..<60 {
            let surge = second < 10 ? 0 : 1_900 * exp(-Double(second - 10) / 14)
            sample.spend(second, rate: 220 + surge, isAway: (34...35).contains(second))
        }
        sample.endLate()
        let stream = sample.stream(
            name: "spot", operation: "game", schedule: "surge to 2 120/s after 10 s, Poisson")
        return RunReport(
            scenario: ScenarioNote(
                file: "television-spot.json", title: "A spot on prime-time television",
                description: """
                    220 entries a second, until a spot is shown after 10 s and 2 100 come in the \
                    second that follows. After 34 s the gateway is killed and started again.
                    """,
                operations: ["game": "game-7f3a", "quiet": "quiet-7f3a"]),
            target: "http://127.0.0.1:8080", admin: "http://127.0.0.1:8081",
            started: "2026-11-14T19:58:03.211Z", durationSeconds: 60.4, machine: machine,
            runner: RunnerReport(
                cpuSeconds: 11.3, lateness: sample.percentiles(count: stream.totals.due, p50: 0.04),
                unread: unread(stream.totals.answered), unstamped: 0, bottlenecks: []),
            streams: [stream],
            gateway: sample.gateway(stream, operations: ["game", "quiet"], until: 60),
            marks: [TimelineMark(at: 34.2, label: "restart (KILL)")],
            expectations: [
                expectation("spot", "accepted_ratio", "at least 0.9", 0.913_377, true),
                expectation("spot", "p99_ms", "at most 50", 38.211_9, true, "seconds 0 to 10"),
                expectation("spot", "p99_ms", "at most 250", 1_204.7, false),
                expectation("spot", "duplicate_numbers", "exactly 0", 0, true),
                expectation("gateway", "lost_entries", "exactly 0", nil, false),
                expectation("runner", "lateness_p99_ms", "at most 5", 0.31, true),
            ])
    }

    /// Half an hour at a steady pace, one short stall; everything holds.
    static func soak(seed: UInt64 = seed) -> RunReport {
        var sample = SampleReport(seed: seed)
        for second in 0..<1_800 { sample.spend(second, rate: 400, isAway: false) }
        sample.seconds[1_201].max = soakMaximum
        let stream = sample.stream(
            name: "steady", operation: "game", schedule: "constant 400/s for 1800 s, Poisson")
        return RunReport(
            scenario: ScenarioNote(
                file: "soak.json", title: "Half an hour at a steady pace", description: "",
                operations: ["game": "game-19c2"]),
            target: "http://127.0.0.1:8080", admin: "http://127.0.0.1:8081",
            started: "2026-11-15T02:00:00.000Z", durationSeconds: 1_800.02, machine: machine,
            runner: RunnerReport(
                cpuSeconds: 171.9,
                lateness: sample.percentiles(count: stream.totals.due, p50: 0.03),
                unread: unread(stream.totals.answered), unstamped: 0, bottlenecks: []),
            streams: [stream],
            gateway: sample.gateway(stream, operations: ["game"], until: 1_800),
            marks: [TimelineMark(at: 1_200, label: "stall for 1 s")],
            expectations: [
                expectation("steady", "accepted_ratio", "at least 0.95", 0.971_2, true),
                expectation("steady", "p99_ms", "at most 50", 21.9, true),
            ])
    }

    /// The soak's one outlier: no thinning may lose it.
    static let soakMaximum = 1_043.2

    private static func unread(_ count: Int) -> Percentiles {
        Percentiles(count: count, mean: 0.08, p50: 0.04, p90: 0.2, p99: 0.6, p999: 2, max: 7)
    }

    private static let machine = Machine(
        processor: "AMD EPYC 7763", cores: 2, coresAllowed: 1, kernel: "Linux 6.1.0")

    private static func expectation(
        _ subject: String, _ figure: String, _ bound: String, _ found: Double?, _ holds: Bool,
        _ window: String? = nil
    ) -> ExpectationOutcome {
        ExpectationOutcome(
            subject: subject, figure: figure, bound: bound, window: window, found: found,
            holds: holds)
    }
}

// MARK: - What happens in a run

extension SampleReport {
    /// One second of traffic, while the gateway is there or not.
    private mutating func spend(_ second: Int, rate: Double, isAway: Bool) {
        let due = count(around: rate)
        let errors = isAway ? due / 2 : 0
        let isBack = !isAway && seconds.last?.answered == 0
        let waiting = rate > 1_200 ? Int(Double(due) * 0.22) : 0
        let repeated = due / 40
        let overloaded = rate > 1_700 ? due / 12 : 0
        let answered = isAway ? 0 : due
        let load = 1 + max(0, rate - 400) / 160
        let p50 = around(3.1 * load, by: 0.08)
        var verdicts: [String: Int] = [:]
        if !isAway {
            verdicts = [
                "accepted": answered - waiting - repeated - overloaded, "repeated": repeated,
            ]
            if waiting > 0 { verdicts["waiting"] = waiting }
            if overloaded > 0 { verdicts["overloaded"] = overloaded }
            if isBack { verdicts["http_502"] = 31 }
        }
        seconds.append(
            StreamSecond(
                second: second, due: due, sent: isAway ? due / 2 : due, answered: answered,
                verdicts: verdicts, errors: errors, p50: isAway ? 0 : p50,
                p90: isAway ? 0 : around(p50 * 1.9, by: 0.1),
                p99: isAway ? 0 : around(p50 * 4.2, by: 0.2),
                max: isAway ? 0 : around(p50 * 9, by: 0.4), backlog: isAway ? due / 2 : 0))
        // What was due meanwhile is answered now, late.
        if isBack {
            seconds[second].p99 = 1_380
            seconds[second].max = 2_210
        }
    }

    /// The last answers come when nothing is due any more.
    private mutating func endLate() {
        seconds.append(
            StreamSecond(
                second: seconds.count, due: 0, sent: 0, answered: 12, verdicts: ["accepted": 12],
                errors: 0, p50: 11, p90: 14, p99: 19, max: 22, backlog: 0))
    }

    private mutating func stream(
        name: String, operation: String, schedule: String
    ) -> StreamReport {
        func sum(_ figure: (StreamSecond) -> Int) -> Int { seconds.map(figure).reduce(0, +) }
        let verdicts = seconds.reduce(into: [:]) { $0.merge($1.verdicts, uniquingKeysWith: +) }
        let errors = sum(\.errors)
        return StreamReport(
            name: name, operation: operation, schedule: schedule,
            totals: StreamTotals(
                due: sum(\.due), sent: sum(\.sent), answered: sum(\.answered), verdicts: verdicts,
                errors: errors > 0 ? ["connect": errors - errors / 9, "closed": errors / 9] : [:],
                retries: verdicts["waiting", default: 0] / 2,
                abandoned: verdicts["waiting", default: 0] / 6, unanswered: 0,
                participants: verdicts["accepted", default: 0], duplicateNumbers: 0),
            answersPerSecond: Double(sum(\.answered)) / Double(max(seconds.count, 1)),
            latency: percentiles(count: sum(\.answered), p50: 6.2),
            service: percentiles(count: sum(\.answered), p50: 3.4), seconds: seconds)
    }

    private mutating func percentiles(count: Int, p50: Double) -> Percentiles {
        Percentiles(
            count: count, mean: around(p50 * 1.4, by: 0.05), p50: p50,
            p90: around(p50 * 2, by: 0.1),
            p99: around(p50 * 7, by: 0.1), p999: around(p50 * 60, by: 0.1),
            max: around(p50 * 300, by: 0.1))
    }

    /// A sample a second, from one before the traffic on; none while the gateway is away.
    private mutating func gateway(
        _ stream: StreamReport, operations: [String], until end: Int
    ) -> GatewayReport {
        var samples: [GatewaySample] = []
        var participants = 0
        var cpu = 0.7
        for second in -1...end {
            let here = second >= 0 && second < seconds.count ? seconds[second] : nil
            let rate = here?.due ?? 0
            participants += here?.verdicts["accepted"] ?? 0
            if let here, here.answered == 0, here.due > 0 {
                samples.append(GatewaySample(at: Double(second), states: [:], participants: [:]))
                cpu = 0.05
                continue
            }
            cpu += 0.02 + Double(rate) * 0.000_21
            var states = Dictionary(uniqueKeysWithValues: operations.map { ($0, "open") })
            if rate > 1_200 { states["game"] = "smoothed" }
            samples.append(
                GatewaySample(
                    at: Double(second) + around(0.02, by: 0.5),
                    pressure: rate > 1_750 ? "critical" : rate > 900 ? "strained" : "calm",
                    states: states, participants: ["game": participants],
                    residentBytes: Int(around(41e6 + Double(participants) * 32, by: 0.002)),
                    openDescriptors: Int(around(60 + Double(rate) / 6, by: 0.05)),
                    cpuSeconds: cpu))
        }
        return GatewayReport(
            participants: ["game": stream.totals.participants], samples: samples)
    }

    private mutating func around(_ value: Double, by part: Double) -> Double {
        value * (1 + Double.random(in: -part...part, using: &random))
    }

    /// About as far from the rate as a Poisson process would be.
    private mutating func count(around rate: Double) -> Int {
        let spread = (0..<4).reduce(0.0) { sum, _ in
            sum + Double.random(in: -1...1, using: &random)
        }
        return max(0, Int((rate + spread * rate.squareRoot() * 0.87).rounded()))
    }
}
