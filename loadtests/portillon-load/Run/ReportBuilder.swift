import AdminClient
import Foundation
import Histogram

/// Makes the report of a run that is over.
struct ReportBuilder {
    let scenario: Scenario
    let operations: Operations
    let target: Endpoint
    let admin: BaseURL?
    let started: Date
    let cpuSeconds: Double
    /// Processor time of the loop's thread over the time the traffic took.
    let loopShare: Double
    let standstills: Standstills
    let quiet: QuietTimes?
    /// Operations whose entries carried a permit.
    let permitted: [String]

    func report(
        _ engine: borrowing Engine, samples: [GatewaySample], marks: [TimelineMark],
        participants: [Int?], steps: [[GatewayStep]?]
    ) -> RunReport {
        let streams = engine.streams.map { stream($0, since: engine.start) }
        let runner = RunnerReport(
            cpuSeconds: cpuSeconds, lateness: Percentiles(engine.lateness),
            unread: Percentiles(engine.unread), unstamped: engine.unstamped,
            bottlenecks: Bottlenecks.found(in: engine, loopShare: loopShare),
            standstills: standstills)
        var gateway: GatewayReport?
        if admin != nil {
            gateway = self.gateway(samples, participants, steps)
            gateway?.waits = WaitComparison(samples, service: streams.map(\.service))
        }
        let last = engine.streams.map(\.lastAnswer).max() ?? engine.start
        let judgement = Judgement(
            scenario: scenario, streams: streams, windows: engine.streams.map(\.windows),
            gateway: gateway, runner: runner, quiet: quiet)
        return RunReport(
            scenario: ScenarioNote(
                file: scenario.file, title: scenario.title, description: description,
                operations: Dictionary(
                    uniqueKeysWithValues: zip(scenario.operations.map(\.name), operations.ids))),
            target: target.url, admin: admin?.description,
            started: started.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)),
            durationSeconds: Double(max(last, engine.start) - engine.start) / 1e9,
            machine: .current, runner: runner, streams: streams, gateway: gateway, marks: marks,
            expectations: judgement.outcomes)
    }

    /// The scenario's, and which entries count nowhere.
    private var description: String {
        if permitted.isEmpty { return scenario.description }
        return scenario.description
            + " Entries of \(permitted.joined(separator: ", ")) carried a permit: the gateway has "
            + "them as test entries, and in no other count."
    }

    private func gateway(
        _ samples: [GatewaySample], _ counts: [Int?], _ steps: [[GatewayStep]?]
    ) -> GatewayReport {
        var report = GatewayReport(participants: [:], samples: samples)
        for (index, plan) in scenario.operations.enumerated() {
            report.participants[plan.name] = index < counts.count ? counts[index] : nil
            report.steps[plan.name] = index < steps.count ? steps[index] : nil
        }
        return report
    }

    private func stream(_ state: StreamState, since start: UInt64) -> StreamReport {
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
        totals.lateWaits = state.waits.count > 0 ? state.waits.late : nil
        totals.disorder = state.waits.disorder
        var seconds = state.seconds
        if let quiet, let longest = state.windows.max(by: { $0.answers.count < $1.answers.count }) {
            StreamSecond.addQuiet(longest.answers, in: quiet, since: start, to: &seconds)
        }
        return StreamReport(
            name: state.plan.name, operation: scenario.operations[state.plan.operation].name,
            schedule: state.plan.schedule,
            totals: totals, answersPerSecond: throughput, latency: Percentiles(whole.latency),
            service: Percentiles(whole.service), seconds: seconds)
    }
}
