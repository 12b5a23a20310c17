import ArgumentParser
import Foundation
import Gateway
import Logging

/// `portillon serve`: the gateway itself.
struct Serve: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the gateway.",
        discussion: """
            portillon serve --data /var/lib/portillon --listen 0.0.0.0:8080
            portillon serve --config /etc/portillon.json --print-config

            Every setting can be a flag, an environment variable, or a key in the JSON file named \
            by --config or PORTILLON_CONFIG. A flag wins over the environment, the environment \
            over the file. A wrong name or value in any of them stops the start. The keys:

            \(Setting.help)
            A key's variable is PORTILLON_ and the key in capitals, with _ for each dot: \
            PORTILLON_ADMIN_LISTEN.

            On SIGTERM, SIGINT or SIGQUIT the gateway drains: it answers and stores what is in \
            flight, then stops. A second signal, half a second later or more, stops it at once; so \
            does the first one before the start is complete. On SIGHUP it reads the configuration \
            file, the admin token, the certificates and their keys, the ruleset again, applies \
            what can change while it runs, and logs what needs a restart. If a file is wrong, it \
            changes nothing. Open connections stay open.

            --listen and --admin-listen take 127.0.0.1:8080, [::1]:8080, localhost:8080 (both \
            families), :8080 (every address), or the name of a host that is this machine.

            Under systemd (ops/systemd) it takes its sockets from LISTEN_FDS, so that a restart \
            refuses nobody, and reports to NOTIFY_SOCKET as WATCHDOG_USEC asks.
            """)

    @OptionGroup var options: ServeOptions

    @Flag(help: "Print every setting, its value and where that comes from; then exit.")
    var printConfig = false

    @Flag(help: "Print the settings as JSON. Needs --print-config.")
    var json = false

    func validate() throws {
        if json, !printConfig {
            throw ValidationError(
                "--json needs --print-config; for a log in JSON give --log-format json")
        }
    }

    func run() throws {
        // Before everything else: a thread that starts earlier would still receive the signals.
        let signals = try StopSignals.claim()
        let environment = ProcessInfo.processInfo.environment
        let supervisor = try Supervisor.claim(environment)
        let configuration = try options.configuration(environment: environment)
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
            accepting: options.accept, log, signals)
        running.announce()
        Watchdog(supervisor: supervisor, gateway: running, logger: log.logger).start()
        var reload = Reload(running: running, inForce: configuration, logger: log.logger)
        signals.wait {
            supervisor.notifyReloading()
            reload.run { () throws(CommandFailure) in
                try options.configuration(environment: environment)
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
