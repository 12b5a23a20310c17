import AdminClient
import Foundation
import Sockets

/// One run of a scenario, from the operations it needs to its report.
struct Run {
    let scenario: Scenario
    let settings: Settings

    struct Settings {
        /// Nil where the runner starts the gateway.
        var target: Endpoint?
        var admin: BaseURL?
        var token: String?
        /// Whom to trust at the admin listener, where it speaks TLS.
        var trust = HTTPClient.Trust()
        /// The gateway's executable, if the runner is to start one.
        var gateway: String?
        /// Keys of operations that exist, by name; empty makes operations of the run's own.
        var keys: [String: String] = [:]
        /// Permits for test entries, by the operation's name.
        var permits: [String: String] = [:]
        var folder: URL
        var sampleSeconds = 1.0
        /// Keeps the gateway that is started and the runner on a core each.
        var isPinned = false
        var showsProgress = true
    }

    /// - Throws: ``UsageError``, `AdminAPIError` or ``SystemError``, before any traffic.
    func report() throws -> RunReport {
        var settings = settings
        var process: GatewayProcess?
        let allowed = Cores.allowed
        let cores = settings.isPinned ? allowed : []
        if let executable = settings.gateway {
            // The process inherits the core that this thread has when it starts.
            if let first = cores.first { Cores.use(first) }
            let started = try GatewayProcess(
                executable: executable, folder: settings.folder, settings: scenario.gateway)
            try started.start()
            process = started
            settings.target = started.target
            settings.admin = try BaseURL(started.admin.url)
        }
        defer { process?.stop() }
        if let process {
            try process.waitUntilReady()
            settings.token = try process.token()
        } else if !scenario.actions.isEmpty || scenario.gateway != nil {
            throw UsageError(
                """
                the scenario does things to the gateway, or wants it configured: let the runner \
                start it, with --gateway
                """)
        }
        if let last = cores.last { Cores.use(last) }
        return try report(settings, process, cores: allowed)
    }

    /// - Parameter cores: those of the runner and of a gateway that it started.
    private func report(
        _ settings: Settings, _ process: GatewayProcess?, cores: [Int]
    ) throws -> RunReport {
        guard let target = settings.target else { throw UsageError("--target is missing") }
        let api = try settings.admin.map {
            AdminAPI(try HTTPClient($0, trust: settings.trust), token: settings.token)
        }
        let tag = String(Int(Date().timeIntervalSince1970 * 10), radix: 36)
        let operations = try operations(api, settings, tag)
        let seed = scenario.seed ?? UInt64.random(in: 0...UInt64(Int.max))
        if scenario.seed == nil, settings.showsProgress { say("seed \(seed)") }
        let streams = scenario.streams.enumerated().map { index, plan in
            let writer = EntryWriter(
                host: target.host, operation: operations.ids[plan.operation],
                key: plan.clients.key ?? operations.keys[plan.operation],
                tag: "\(tag)-\(index)", source: plan.clients.source,
                peoplePerSecondKey: plan.clients.peoplePerSecondKey,
                permit: settings.permits[scenario.operations[plan.operation].name])
            return StreamState(plan, writer: writer, seed: seed &+ UInt64(index))
        }
        var engine = try Engine(
            target: target.address, streams: streams, operations: scenario.operations.count)
        let watch = Watch()
        let progress = ProgressLine(totalSeconds: scenario.seconds)
        let names = Dictionary(
            uniqueKeysWithValues: zip(operations.ids, scenario.operations.map(\.name)))
        var started = Date()
        let meter = StandstillMeter(cores: cores)
        let cpu = MonotonicClock.processNanoseconds
        let loop = MonotonicClock.threadNanoseconds
        let began = MonotonicClock.nanoseconds
        engine.run(graceSeconds: scenario.graceSeconds) {
            started = Date()
            watch.start(
                Watch.Work(
                    api: api, sampleSeconds: settings.sampleSeconds, names: names,
                    actions: scenario.actions, process: process,
                    start: MonotonicClock.nanoseconds))
        } second: { engine, second in
            if settings.showsProgress { progress.show(engine, second: second) }
            return !Interruption.isAsked
        }
        let elapsed = Double(max(MonotonicClock.nanoseconds - began, 1))
        let loopShare = Double(MonotonicClock.threadNanoseconds - loop) / elapsed
        let used = MonotonicClock.processNanoseconds - cpu
        let (standstills, quiet, measuring) = meter.stop()
        let cpuSeconds = Double(used - min(used, measuring)) / 1e9
        if settings.showsProgress { progress.end() }
        watch.stop()
        let participants = api.map(operations.participants) ?? []
        let steps = api.map { operations.steps($0, since: started) } ?? []
        let builder = ReportBuilder(
            scenario: scenario, operations: operations, target: target, admin: settings.admin,
            started: started, cpuSeconds: cpuSeconds, loopShare: loopShare,
            standstills: standstills, quiet: quiet,
            permitted: settings.permits.keys.sorted())
        return builder.report(
            engine, samples: watch.samples, marks: watch.marks, participants: participants,
            steps: steps)
    }

    private func operations(
        _ api: AdminAPI?, _ settings: Settings, _ tag: String
    ) throws -> Operations {
        if !settings.keys.isEmpty {
            return try Operations(existing: scenario.operations, keys: settings.keys)
        }
        guard let api, api.token != nil else {
            throw UsageError(
                """
                the run makes operations of its own: give --admin and --token (or \
                PORTILLON_TOKEN), or name existing ones with --key OPERATION=KEY, or start a \
                gateway with --gateway
                """)
        }
        return try Operations(creating: scenario.operations, tag: tag, with: api)
    }

    private func say(_ line: String) {
        RunnerOutput.say(line + "\n")
    }
}
