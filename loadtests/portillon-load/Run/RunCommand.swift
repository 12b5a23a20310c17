import AdminClient
import ArgumentParser
import Foundation
import Sockets

/// `portillon-load run SCENARIO`
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a scenario and report what came of it.",
        discussion: """
            portillon-load run loadtests/scenarios/smoke.json --gateway .build/release/portillon
            portillon-load run loadtests/scenarios/television-spot.json \\
                --target http://127.0.0.1:8080 --admin http://127.0.0.1:8081 --token "$TOKEN"
            portillon-load run loadtests/scenarios/smoke.json --target http://127.0.0.1:8080 \\
                --key main=pk_… --permit main=permit.txt

            Makes operations of its own at the gateway, sends, and writes report.json and \
            report.html. Exit status: 0 if all that the scenario expects holds, 1 if not, 64 for a \
            mistake in the call or the scenario, 69 if the gateway does not answer, 74 if results \
            cannot be written.
            """)

    @Argument(help: "A scenario's file.", completion: .file(extensions: ["json"]))
    var scenario: String

    @Option(parsing: .unconditional, help: .init("The public listener.", valueName: "url"))
    var target = "http://127.0.0.1:8080"

    @Option(parsing: .unconditional, help: .init("The admin listener.", valueName: "url"))
    var admin = "http://127.0.0.1:8081"

    @Option(
        parsing: .unconditional,
        help: .init("An admin token; PORTILLON_TOKEN if it is not given.", valueName: "token"))
    var token: String?

    @Option(
        parsing: .unconditional,
        help: .init(
            "Whose certificates are taken from an https admin listener; else the system's.",
            valueName: "file"),
        completion: .file())
    var ca: String?

    @Option(
        parsing: .unconditional,
        help: .init(
            "Start this gateway for the run, on ports and data of its own, in place of --target.",
            valueName: "program"),
        completion: .file())
    var gateway: String?

    @Option(
        parsing: .unconditionalSingleValue,
        help: .init(
            "A key of an existing operation, in place of making one; once for each operation.",
            valueName: "operation=key"))
    var key: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: .init(
            "A permit for test entries of an existing operation, or the file it is in; once for "
                + "each operation that --key names.",
            valueName: "operation=permit"))
    var permit: [String] = []

    @Option(
        parsing: .unconditional,
        help: .init("Where results go (default load-results/<scenario>-<time>).", valueName: "dir"),
        completion: .directory)
    var out: String?

    @Option(
        parsing: .unconditional,
        help: .init(
            "What the scenario's highest rate becomes, in requests a second.", valueName: "n")
    )
    var rate: Double?

    @Option(
        parsing: .unconditional,
        help: .init("What the length of the traffic becomes.", valueName: "seconds"))
    var duration: Double?

    @Option(
        parsing: .unconditional, help: .init("Most connections of each stream.", valueName: "n"))
    var connections: Int?

    @Option(
        parsing: .unconditional,
        help: .init("Seconds between looks at the metrics; 0 for none.", valueName: "seconds"))
    var sampleSeconds = 1.0

    @Flag(help: "Keep the gateway that is started, and the runner, on one core each.")
    var pin = false

    @Flag(help: "Say nothing while it runs.")
    var quiet = false

    func validate() throws {
        if let rate, !(rate > 0 && rate <= 1e7) { throw ValidationError("--rate is above 0") }
        if let duration, !(duration >= 0.1 && duration <= 1e6) {
            throw ValidationError("--duration is from 0.1 to 1000000")
        }
        if let connections, !(1...60_000).contains(connections) {
            throw ValidationError("--connections is from 1 to 60000")
        }
        if !(0...3_600).contains(sampleSeconds) {
            throw ValidationError("--sample-seconds is from 0 to 3600")
        }
    }

    func run() throws {
        let report: RunReport
        let folder: URL
        do {
            let plan = try Scenario.read(scenario).adapted(
                rate: rate, seconds: duration, connections: connections)
            folder = try makeFolder()
            try raiseLimit(for: plan)
            Interruption.watch()
            report = try Run(scenario: plan, settings: try settings(folder)).report()
        } catch {
            throw RunnerExit.status(for: error)
        }
        try write(report, to: folder)
        if !report.isPassed { throw ExitCode(1) }
    }

    private func settings(_ folder: URL) throws -> Run.Settings {
        var settings = Run.Settings(folder: folder)
        settings.gateway = gateway
        if gateway == nil {
            settings.target = try Endpoint(target)
            settings.token = token ?? ProcessInfo.processInfo.environment["PORTILLON_TOKEN"]
            for pair in key {
                guard let equals = pair.firstIndex(of: "=") else {
                    throw UsageError("--key \(pair): OPERATION=KEY is needed")
                }
                settings.keys[String(pair[..<equals])] = String(pair[pair.index(after: equals)...])
            }
            // Whoever brings keys may judge a server that has no admin listener.
            if settings.keys.isEmpty || settings.token != nil {
                settings.admin = try adminURL()
                settings.trust = HTTPClient.Trust(authorities: ca)
            }
        } else if !key.isEmpty {
            throw UsageError("--key is for a gateway that runs already, --gateway starts a new one")
        }
        settings.permits = try permits(of: settings.keys)
        settings.sampleSeconds = sampleSeconds
        settings.isPinned = pin
        settings.showsProgress = !quiet
        return settings
    }

    /// By the operation's name.
    private func permits(of keys: [String: String]) throws -> [String: String] {
        var permits: [String: String] = [:]
        for pair in permit {
            guard let equals = pair.firstIndex(of: "=") else {
                throw UsageError("--permit \(pair): OPERATION=PERMIT is needed")
            }
            let operation = String(pair[..<equals])
            guard keys[operation] != nil else {
                throw UsageError(
                    "--permit \(pair): a permit is of an operation that exists: give its key too, "
                        + "--key \(operation)=KEY")
            }
            permits[operation] = try Self.permit(String(pair[pair.index(after: equals)...]))
        }
        return permits
    }

    /// A permit's text as it is, or the first line of the file of this name.
    static func permit(_ text: String) throws -> String {
        if text.hasPrefix("pm_") { return text }
        // A file that cannot be read is as little a permit as any other text.
        guard let file = try? String(contentsOfFile: text, encoding: .utf8),
            let line = file.split(whereSeparator: \.isNewline).first, line.hasPrefix("pm_"),
            line.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else {
            throw UsageError("--permit: \(text) is neither a permit (pm_…) nor a file with one")
        }
        return String(line)
    }

    private func adminURL() throws(UsageError) -> BaseURL {
        do throws(BaseURLError) {
            return try BaseURL(admin)
        } catch {
            throw UsageError("--admin \(admin): \(error.reason)")
        }
    }

    private func makeFolder() throws -> URL {
        let name = URL(filePath: scenario).deletingPathExtension().lastPathComponent
        let time = Date().formatted(
            .iso8601.dateSeparator(.omitted).timeSeparator(.omitted))
        let folder = URL(filePath: out ?? "load-results/\(name)-\(time)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    /// - Throws: ``UsageError`` where the process may not open as many descriptors as it needs.
    private func raiseLimit(for plan: Scenario) throws {
        let needed = plan.streams.reduce(Self.spareDescriptors) { $0 + $1.connections }
        let allowed = Descriptor.raiseLimit()
        guard needed <= allowed else {
            throw UsageError(
                "\(needed) descriptors are needed, \(allowed) are allowed: raise `ulimit -n`")
        }
    }

    /// For files, the admin side, and the poller.
    private static var spareDescriptors: Int { 64 }

    /// Writes the report's files and says what is in them.
    private func write(_ report: RunReport, to folder: URL) throws {
        let files: [String]
        do {
            files = try ReportFolder(folder.path).write(report)
        } catch {
            throw RunnerExit.status(for: error)
        }
        let summary = RunSummary(report: report, files: files)
        try RunnerOutput.result(summary.text(inColour: isatty(STDOUT_FILENO) == 1))
    }
}
