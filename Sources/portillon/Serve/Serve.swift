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

            Every setting can be a flag, a variable of the environment, or a key of the JSON file \
            given with --config or PORTILLON_CONFIG; a flag wins over the environment, the \
            environment over the file. A name or a value that is wrong, in any of them, stops the \
            start. The keys:

            \(Setting.help)
            The variable of a key is PORTILLON_ and the key in capitals, with _ for each dot: \
            PORTILLON_ADMIN_LISTEN.

            SIGTERM and SIGINT finish what is in flight, store it and stop; a second one stops \
            at once. SIGHUP reads the settings' file, the admin token, certificates and their keys \
            again, takes what can change while running, and says what needs a restart. Where a \
            file is wrong, what was read before stays in force; open connections go on.

            Under systemd (ops/systemd) sockets are passed by LISTEN_FDS, so that restarts refuse \
            nobody, and NOTIFY_SOCKET and WATCHDOG_USEC are answered.
            """)

    @OptionGroup var options: ServeOptions

    @Flag(help: "Show every setting, the value in force and where it comes from; then stop.")
    var printConfig = false

    @Flag(help: "With --print-config: as JSON.")
    var json = false

    func validate() throws {
        if json, !printConfig {
            throw ValidationError("--json goes with --print-config; for logs: --log-format json")
        }
    }

    func run() throws {
        // First of all: a thread that starts earlier would still be open to them.
        let signals = try StopSignals.claim()
        let environment = ProcessInfo.processInfo.environment
        let supervisor = try Supervisor.claim(environment)
        let configuration = try options.configuration(environment: environment)
        var limits = try configuration.limits()
        let policy = try configuration.policy()
        let proxies = try configuration.proxies()
        _ = try (configuration.tls(), configuration.adminTLS())
        if printConfig {
            if json {
                try Output.standard.write(json: configuration.view)
            } else {
                try Output.standard.write(configuration.table)
            }
            return
        }
        let logger = Logger(configuration)
        if supervisor.keepsSockets {
            // Whoever had them before may still be finishing, and ends within its drain.
            limits.lockSeconds = max(limits.lockSeconds, limits.drainSeconds + 5)
        }
        supervisor.notify(status: "Reading the journal")
        let running = try RunningGateway(
            configuration, limits, policy, proxies, under: supervisor, logger)
        running.announce()
        let status = "Accepting entries on \(running.address)"
        supervisor.notifyReady(status)
        Watchdog(supervisor: supervisor, gateway: running, logger: logger).start()
        var reload = Reload(running: running, inForce: configuration, logger: logger)
        signals.wait(logger) {
            supervisor.notifyReloading()
            reload.run { () throws(CommandFailure) in
                try options.configuration(environment: environment)
            }
            supervisor.notifyReady(status)
        }
        supervisor.notifyStopping()
        running.drain()
    }
}

extension Setting {
    /// Keys and what they take, as the help lists them.
    static var help: String {
        let machine = Machine(cores: 2, isTerminal: true)
        var table = AlignedTable(["key", "takes"])
        for setting in all(on: machine) where SettingFamily(of: setting.key) == nil {
            table.append([setting.key, setting.takes])
        }
        for family in SettingFamily.allCases {
            table.append([family.prefix + "*", "whole numbers; --print-config lists them"])
        }
        return table.text
    }
}
