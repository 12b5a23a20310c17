import Foundation
import Gateway
import Logging

extension Serve {
    func run() throws {
        // Before everything else: a thread that starts earlier would still receive the signals.
        let signals = try StopSignals.claim()
        let environment = ProcessInfo.processInfo.environment
        let supervisor = try Supervisor.claim(environment)
        let configuration = try self.configuration(environment: environment)
        var limits = try configuration.limits()
        let policy = try configuration.policy()
        let proxies = try configuration.proxies()
        _ = try (
            configuration.tls(), configuration.adminTLS(), configuration.webhookAuthorities(),
            configuration.ruleset(), configuration.cluster()
        )
        if printConfig {
            if json {
                try Output.standard.write(json: configuration.view)
            } else {
                try Output.standard.write(configuration.table)
            }
            return
        }
        let log = ServiceLog(configuration)
        defer { log.finish() }
        configuration.log(to: log.logger)
        signals.report(to: log)
        if supervisor.keepsSockets {
            // The process before this one may still be draining, and ends within that time.
            limits.lockSeconds = max(limits.lockSeconds, limits.drainSeconds + 5)
        }
        supervisor.notify(status: "Reading the journal")
        let running = try RunningGateway(
            configuration, limits, policy, proxies, under: supervisor,
            accepting: accept, log, signals)
        running.announce()
        Watchdog(supervisor: supervisor, gateway: running, logger: log.logger).start()
        var reload = Reload(running: running, inForce: configuration, logger: log.logger)
        signals.wait {
            supervisor.notifyReloading()
            reload.run { () throws(CommandFailure) in
                try self.configuration(environment: environment)
            }
            supervisor.notifyReady(running.status)
        }
        supervisor.notifyStopping()
        running.drain()
        guard !signals.isAfterStepDown else {
            throw CommandFailure(
                .inputOutput, "another node leads; to be started again, as a follower")
        }
    }
}

extension Setting {
    /// The keys and their values, for the help.
    static var help: String {
        let machine = Machine(cores: 2, isTerminal: true)
        var table = AlignedTable(["key", "value"])
        for setting in all(on: machine) where SettingFamily(of: setting.key) == nil {
            table.append([setting.key, setting.takes])
        }
        for family in SettingFamily.allCases {
            table.append([family.prefix + "*", "whole numbers; --print-config lists them"])
        }
        table.append([ruleset.key, "a file of rules for what gives a robot away, or none"])
        // Help is for people, wherever it goes.
        return table.aligned
    }
}
