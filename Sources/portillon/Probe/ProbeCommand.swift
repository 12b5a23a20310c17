import AdminClient
import ArgumentParser
import Bytes
import Files
import Foundation
import Sockets
import Time
import Wire

/// `portillon probe`: measures from outside whether entries are taken (C10).
struct ProbeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "probe",
        abstract: "Measure availability from outside: a marked entry a second, as a front end.",
        discussion: """
            portillon probe setup --out probe.json
            portillon probe --url https://jeu.example.com --file probe.json --name paris-1

            A probe's entries come with a permit: they are decided and stored like every entry, \
            and counted nowhere. Run probes on other machines than the gateway's.
            """,
        subcommands: [Run.self, Setup.self, Remove.self], defaultSubcommand: Run.self)

    struct Run: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "run",
            abstract: "Send an entry a second and report each minute, until a signal ends it.",
            discussion: """
                portillon probe run --url https://jeu.example.com --file probe.json --name paris-1 \
                --admin http://10.0.0.5:8081 --state /var/lib/portillon-probe/minutes.json
                portillon probe --url http://127.0.0.1:8080 --operation probe --key pk_… \
                --permit permit.txt --name local

                Each attempt is accessible, failed, or slow: without an answer within \
                policy.minute_slow_milliseconds. Minutes that cannot be reported are kept for two \
                days, with --state in a file, and reported when the gateway is back.
                """)

        @Option(
            parsing: .unconditional,
            help: .init("The public listener, as front ends reach it.", valueName: "url"))
        var url: String

        @Option(
            parsing: .unconditional,
            help: .init(
                "The file that \"probe setup\" wrote; read again each minute.", valueName: "file"),
            completion: .file())
        var file: String?

        @Option(parsing: .unconditional, help: "The probe's operation, without --file.")
        var operation: String?

        @Option(
            parsing: .unconditional,
            help: .init("A front-end key of it, without --file.", valueName: "key"))
        var key: String?

        @Option(
            parsing: .unconditional,
            help: .init("The permit or its file, without --file.", valueName: "permit"))
        var permit: String?

        @Option(
            parsing: .unconditional,
            help: .init(
                "The probe's name in what it reports. Default: this machine's.", valueName: "name"))
        var name: String?

        @Option(
            parsing: .unconditional,
            help: .init(
                "The admin listener's URL. Default: as for other commands.", valueName: "url"))
        var admin: String?

        @Option(
            parsing: .unconditional,
            help: .init("An admin's or an operator's token. Default: as for other commands."))
        var token: String?

        @Option(
            parsing: .unconditional,
            help: .init("The gateway's data folder, for its admin token.", valueName: "dir"),
            completion: .directory)
        var data: String?

        @OptionGroup var authorities: AuthoritiesOption

        @Option(
            parsing: .unconditional,
            help: .init(
                "Where minutes that wait to be reported are kept. Default: in memory.",
                valueName: "file"),
            completion: .file())
        var state: String?

        @Option(
            parsing: .unconditional,
            help: .init(
                "Milliseconds from one attempt to the next, 20 to 60,000; "
                    + "policy.minute_expected_attempts has to go with it.", valueName: "n"))
        var intervalMilliseconds = 1_000

        func run() throws {
            guard (20...60_000).contains(intervalMilliseconds) else {
                throw CommandFailure(.usage, "--interval-milliseconds must be from 20 to 60000")
            }
            let environment = ProcessInfo.processInfo.environment
            let target = try target()
            let listener = try client(url, "--url")
            let api = AdminAPI(
                try client(
                    AdminOptions.address(flag: admin, environment: environment), "--admin"),
                token: try AdminToken.find(flag: token, data: data, environment: environment))
            let reporter = ProbeReporter(
                api, probe: name ?? Self.machineName, queue: try ProbeQueue(path: state))
            let signals = EndingSignals.exitOnAny()
            defer { signals.forEach { $0.cancel() } }
            reporter.start()
            var reload: (() throws(CommandFailure) -> ProbeTarget)?
            if let file {
                reload = { () throws(CommandFailure) in try ProbeTarget(file: file) }
            }
            var loop = ProbeLoop(
                listener, target, reporter, intervalMilliseconds: intervalMilliseconds,
                reload: reload)
            try loop.run()
        }

        private func target() throws(CommandFailure) -> ProbeTarget {
            switch (file, operation, key, permit) {
            case (let file?, nil, nil, nil): return try ProbeTarget(file: file)
            case (nil, let operation?, let key?, let permit?):
                return ProbeTarget(operation: operation, key: key, permit: try text(of: permit))
            default:
                throw CommandFailure(
                    .usage, "give --file, or --operation with --key and --permit")
            }
        }

        /// A permit, or what its file holds.
        private func text(of permit: String) throws(CommandFailure) -> String {
            if permit.hasPrefix("pm_") { return permit }
            do throws(FileError) {
                let bytes = try WholeFile.read(permit, atMost: WholeFile.settingsBytes)
                return String(decoding: bytes, as: UTF8.self)
                    .trimmingCharacters(in: .whitespacesAndNewlines)
            } catch {
                throw CommandFailure(
                    .configuration, "\(permit): cannot read the permit (\(error.reason))")
            }
        }

        private func client(
            _ address: String, _ option: String
        ) throws(CommandFailure) -> HTTPClient {
            let base: BaseURL
            do throws(BaseURLError) {
                base = try BaseURL(address)
            } catch {
                throw CommandFailure(
                    .configuration,
                    "\(option) must be a listener's URL: \"\(printable(address))\" "
                        + printable(error.reason))
            }
            do throws(TLSFileError) {
                return try HTTPClient(
                    base, trust: HTTPClient.Trust(authorities: authorities.ca),
                    limits: ResponseLimits(bodyBytes: 64 << 10))
            } catch {
                throw CommandFailure(.configuration, printable("\(error)"))
            }
        }

        /// This machine's name as an identifier.
        private static var machineName: String {
            let first = ProcessInfo.processInfo.hostName.lowercased().split(separator: ".").first
            let name = (first ?? "").filter {
                $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-")
            }
            let trimmed = name.drop { $0 == "-" }.prefix(64)
            return trimmed.isEmpty ? "probe" : String(trimmed)
        }
    }
}
