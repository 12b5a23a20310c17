import Foundation
import Histogram

/// Makes the report of a run that is over.
struct ReportBuilder {
    let scenario: Scenario
    let operations: Operations
    let target: Endpoint
    let admin: Endpoint?
    let started: Date
    let cpuSeconds: Double
    /// Processor time of the loop's thread over the time the traffic took.
    let loopShare: Double

    func report(
        _ engine: borrowing Engine, samples: [GatewaySample], marks: [Mark], participants: [Int?]
    ) -> RunReport {
        let streams = engine.streams.map { stream($0) }
        let runner = RunnerReport(
            cpuSeconds: cpuSeconds, lateness: Percentiles(engine.lateness),
            bottlenecks: bottlenecks(engine))
        var gateway: GatewayReport?
        if admin != nil { gateway = self.gateway(samples, participants) }
        let last = engine.streams.map(\.lastAnswer).max() ?? engine.start
        let judgement = Judgement(
            scenario: scenario, streams: streams, windows: engine.streams.map(\.windows),
            gateway: gateway, runner: runner)
        return RunReport(
            scenario: ScenarioNote(
                file: scenario.file, title: scenario.title, description: scenario.description,
                operations: Dictionary(
                    uniqueKeysWithValues: zip(scenario.operations.map(\.name), operations.ids))),
            target: target.url, admin: admin?.url,
            started: started.formatted(.iso8601.time(includingFractionalSeconds: true)),
            durationSeconds: Double(max(last, engine.start) - engine.start) / 1e9,
            machine: .current, runner: runner, streams: streams, gateway: gateway, marks: marks,
            expectations: judgement.outcomes)
    }

    private func gateway(_ samples: [GatewaySample], _ counts: [Int?]) -> GatewayReport {
        var participants: [String: Int] = [:]
        for (plan, count) in zip(scenario.operations, counts) { participants[plan.name] = count }
        return GatewayReport(participants: participants, samples: samples)
    }

    private func stream(_ state: StreamState) -> StreamReport {
        let whole = state.whole
        let loop = Double(state.lastAnswer &- state.began) / 1e9
        let isCounted = state.plan.closedRequests != nil
        let throughput =
            isCounted
            ? (loop > 0 ? Double(whole.answered) / loop : 0)
            : Double(state.answeredInTime) / state.plan.seconds
        var totals = whole.totals
        totals.unanswered = state.inFlight + state.backlog.count
        totals.participants = state.served.count
        totals.duplicateNumbers = state.duplicateNumbers
        return StreamReport(
            name: state.plan.name, operation: scenario.operations[state.plan.operation].name,
            schedule: state.plan.schedule,
            totals: totals, answersPerSecond: throughput, latency: Percentiles(whole.latency),
            service: Percentiles(whole.service), seconds: state.seconds)
    }

    // MARK: Who set the pace

    private func bottlenecks(_ engine: borrowing Engine) -> [String] {
        var found: [String] = []
        let late = Percentiles(engine.lateness)
        // A millisecond is more than the kernel's timers and one turn of the loop need.
        if late.p99 > 1 {
            let cause =
                loopShare > 0.9
                ? "the runner used all of its core"
                : "the machine did not let the runner run when it had to"
            found.append(
                """
                1 % of the requests left \(text(late.p99)) ms late or more, whatever the gateway \
                did: \(cause).
                """)
        }
        if engine.streams.contains(where: { $0.plan.pacing == .closed }), loopShare > 0.95 {
            found.append(
                """
                The runner's loop used \(Int((loopShare * 100).rounded())) % of a core in a closed \
                loop: the gateway could have answered more.
                """)
        }
        if let error = engine.exhausted {
            found.append("Connections could not be begun: \(error).")
        }
        for stream in engine.streams
        where stream.plan.pacing != .closed && stream.secondsWithBacklog * 10 > stream.seconds.count
        {
            found.append(
                """
                \(stream.plan.name): all \(stream.plan.connections) connections were busy at the end \
                of \(stream.secondsWithBacklog) of \(stream.seconds.count) seconds; requests waited \
                for one, and their latency counts it.
                """)
        }
        return found
    }

    private func text(_ milliseconds: Double) -> String {
        String(format: "%.1f", milliseconds)
    }
}

extension StreamPlan {
    /// In words.
    var schedule: String {
        let people = "\(connections) connections"
        if pacing == .closed {
            let limit = closedRequests.map { "\($0) requests" } ?? "\(Self.text(closedSeconds)) s"
            return "closed loop for \(limit), \(people)"
        }
        let kind = pacing == .poisson ? "Poisson" : "paced"
        let length = Self.text(curve.seconds)
        guard let first = curve.pieces.first, curve.pieces.count == 1 else {
            let peak = curve.pieces.map { max($0.from, $0.to) }.max() ?? 0
            let total = Int(curve.requests.rounded())
            return
                "\(total) requests in \(length) s, at most \(Self.text(peak))/s, \(kind), \(people)"
        }
        let rate =
            first.from == first.to
            ? "constant \(Self.text(first.from))/s"
            : "from \(Self.text(first.from))/s to \(Self.text(first.to))/s"
        return "\(rate) for \(length) s, \(kind), \(people)"
    }

    private static func text(_ number: Double) -> String {
        number == number.rounded() ? "\(Int(number))" : String(format: "%.1f", number)
    }
}

extension Machine {
    /// The one that the runner is on.
    static var current: Machine {
        // Without these files a report says less, and is no less true.
        let processors = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)
        let kernel = try? String(contentsOfFile: "/proc/sys/kernel/osrelease", encoding: .utf8)
        let model = processors?.split(separator: "\n").first { $0.hasPrefix("model name") }
        return Machine(
            processor: model?.split(separator: ": ").last.map(String.init) ?? "unknown",
            cores: ProcessInfo.processInfo.processorCount,
            coresAllowed: ProcessInfo.processInfo.activeProcessorCount,
            kernel: kernel?.trimmingCharacters(in: .whitespacesAndNewlines) ?? "unknown")
    }
}
