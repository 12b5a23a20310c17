import AdminClient
import ArgumentParser
import Foundation
import Glibc
import Wire

/// `portillon demo`: the gateway with a demonstration operation.
struct Demo: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Run the gateway with a demonstration game; print its address and a curl line.",
        discussion: """
            portillon demo
            portillon demo --listen 127.0.0.1:9090 --admin-listen 127.0.0.1:9091
            portillon demo --crowd 30                         # with a queue to wait in
            portillon demo --data ./demo-data
            portillon demo --listen 0.0.0.0:8080              # for telephones in the same network

            Without --data the gateway uses a temporary folder and removes it at the end. \
            The demonstration reads its flags only, not the environment.
            """)

    @Option(
        parsing: .unconditional,
        help: .init("The public listener, for entries.", valueName: "address:port"))
    var listen: String?

    @Option(
        parsing: .unconditional,
        help: .init("The admin listener, for operators and metrics.", valueName: "address:port"))
    var adminListen: String?

    @Option(
        parsing: .unconditional, help: .init("A data folder to keep and reuse.", valueName: "dir"),
        completion: .directory)
    var data: String?

    @Option(
        parsing: .unconditional,
        help: .init("A certificate for 127.0.0.1 (PEM): entries use TLS.", valueName: "file"),
        completion: .file())
    var tlsCertificate: String?

    @Option(
        parsing: .unconditional,
        help: .init("The private key of --tls-certificate.", valueName: "file"), completion: .file()
    )
    var tlsKey: String?

    @Option(
        parsing: .unconditional,
        help: .init(
            "Let in one entry a second, and so many invented people wait before each.",
            valueName: "people"))
    var crowd: Int?

    func validate() throws {
        if let crowd, !Crowd.sizes.contains(crowd) {
            throw ValidationError(
                "--crowd must be from \(Crowd.sizes.lowerBound) to \(Crowd.sizes.upperBound)")
        }
    }

    func run() throws {
        let signals = try StopSignals.claim(hangupStops: true)
        let isTemporary = data == nil
        let folder = try data ?? Self.makeTemporaryFolder()
        defer { if isTemporary { Self.remove(folder) } }
        signals.beforeEnd { if isTemporary { Self.remove(folder) } }
        var flags = ["data": folder, "log.level": "warning", "log.format": "text"]
        flags["listen"] = listen
        flags["admin.listen"] = adminListen
        flags["tls.certificate"] = tlsCertificate
        flags["tls.key"] = tlsKey
        let configuration = try Configuration(settings: Setting.all(on: .current), flags: flags)
        let log = ServiceLog(configuration)
        defer { log.finish() }
        signals.report(to: log)
        let running = try RunningGateway(
            configuration, configuration.limits(), configuration.policy(), configuration.proxies(),
            log, signals)
        do {
            let text = try introduction(to: running, in: folder, until: signals)
            try Output.standard.write(text) { signals.isStopWanted }
        } catch {
            running.drain()
            throw error
        }
        // SIGHUP stops it too.
        signals.wait {}
        running.drain()
        let deadline = ContinuousClock.now + .seconds(1)
        try Output.standard.write(
            isTemporary ? "Stopped; the data is removed.\n" : "Stopped.\n"
        ) { ContinuousClock.now >= deadline }
    }

    // MARK: The introduction

    private func introduction(
        to running: RunningGateway, in folder: String, until signals: StopSignals
    ) throws -> String {
        let admin = "http://" + Self.reachable(running.adminAddress)
        let client = try GatewayClient(
            admin, token: AdminToken.read(AdminToken.path(in: folder)))
        let key = try prepare(client)
        running.serve(FrontEnd.kit + FrontEnd.demonstration(of: Self.operation, key: key))
        guard let listen = running.address else { preconditionFailure("it is alone") }
        let scheme = tlsCertificate == nil ? "http" : "https"
        let trusted = tlsCertificate.map { " --cacert \(quotedForShell($0))" } ?? ""
        let address = "\(scheme)://\(Self.reachable(listen))"
        let entries = "\(address)/v1/operations/\(Self.operation)/entries"
        running.serveOperators(
            Room.files
                + DemonstrationControls.files(of: Self.operation, key: key, at: address))
        try gatherCrowd(client, at: address, key: key, until: signals)
        let command = "\(ProgramPath.command) operation"
        let there = "--admin \(admin) --data \(quotedForShell(folder))"
        return """
            A gateway is running, with the operation "demo" open for entries.

            Play the game:    \(address)/demo/

            Send an entry. Send it again, and the verdict is "repeated":

              curl -sS\(trusted) -w '\\n' -H 'Authorization: Bearer \(key)' \
            -H 'Content-Type: application/json' -d '{"participant":"ada@example.org"}' \(entries)

            Operator's room:  \(admin)/
            For the curious:  \(admin)\(DemonstrationControls.path)  (crowd, pause, robot, puzzle)
            Metrics:          curl \(admin)/metrics
            Status:           \(ProgramPath.command) status \(there)
            Slow it down:     \(command) pace demo 1 \(there)
            Suspend it:       \(command) suspend demo --ground maintenance --note demo \(there)
            Resume it:        \(command) resume demo \(there)
            Admin token:      \(AdminToken.path(in: folder))

            Press Ctrl-C to stop it\(data == nil ? " and remove its data" : "; its data stays").

            """
    }

    private static var operation: String { "demo" }

    /// Creates the client, the operation and a key over the admin listener, as everybody does.
    private func prepare(_ client: GatewayClient) throws(CommandFailure) -> String {
        try client.call(
            "PUT", ["v1", "clients", "demo"], ["name": .string("Demonstration")])
        try client.call(
            "PUT", ["v1", "operations", Self.operation],
            [
                "client": .string("demo"), "title": .string("Demonstration game"),
                "rule": .string("once"), "robots": .string("off"), "policy": .string("advise"),
            ])
        let key = try client.call("POST", ["v1", "operations", Self.operation, "keys"])
        try client.call("POST", ["v1", "operations", Self.operation, "open"])
        guard let text = key["key"]?.string else {
            throw CommandFailure(.refused, "the gateway's answer has no front-end key")
        }
        return text
    }

    private func gatherCrowd(
        _ client: GatewayClient, at address: String, key: String, until signals: StopSignals
    ) throws(CommandFailure) {
        guard let crowd else { return }
        try client.call(
            "POST", ["v1", "operations", Self.operation, "pace"], ["per_second": .integer(1)])
        let entries = try GatewayClient(
            address, token: key, trust: HTTPClient.Trust(authorities: tlsCertificate))
        Crowd(entries: entries, operation: Self.operation, count: crowd)
            .gather { signals.isStopWanted }
    }

    /// The address for a client on this machine: every address becomes loopback.
    static func reachable(_ address: String) -> String {
        for (wildcard, loopback) in [
            ("0.0.0.0:", "127.0.0.1:"), ("[::]:", "[::1]:"), ("*:", "localhost:"),
            (":", "localhost:"),
        ]
        where address.hasPrefix(wildcard) {
            return loopback + address.dropFirst(wildcard.count)
        }
        return address
    }

    // MARK: The temporary folder

    private static func makeTemporaryFolder() throws(CommandFailure) -> String {
        let parent = FileManager.default.temporaryDirectory.path
        let template = parent + "/portillon-demo-XXXXXX"
        var bytes = Array(template.utf8CString)
        let made = unsafe bytes.withUnsafeMutableBufferPointer { bytes -> String? in
            guard let start = bytes.baseAddress, unsafe mkdtemp(start) != nil else { return nil }
            return unsafe String(cString: start)
        }
        guard let made else {
            let reason = systemMessage(errno)
            throw CommandFailure(
                .inputOutput, "\(parent): cannot create a folder (\(reason)); name one with --data")
        }
        return made
    }

    /// A start that a signal ends goes on until the process has ended, and may make a file, or the
    /// folder, again.
    private static func remove(_ folder: String) {
        var fault = "it is made again and again"
        for _ in 0..<10 where FileManager.default.fileExists(atPath: folder) {
            do {
                try FileManager.default.removeItem(atPath: folder)
            } catch {
                fault = reason(for: error)
            }
        }
        guard FileManager.default.fileExists(atPath: folder) else { return }
        Output.error.writeLast(
            "portillon: cannot remove \(folder) (\(fault)); remove it by hand\n")
    }
}

/// The text quoted as one word of a shell command.
func quotedForShell(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { byte in
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || "/._-:,+@".utf8.contains(byte)
    }
    if isPlain, !text.isEmpty { return text }
    return "'"
        + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
        + "'"
}
