import AdminClient
import Foundation
import Sockets
import Synchronization
import Wire

/// A gateway that the runner starts for the run, and to which it may do what a scenario says.
final class GatewayProcess: Sendable {
    let target: Endpoint
    let admin: Endpoint
    private let executable: URL
    private let data: URL
    private let log: URL
    /// Its configuration file; nil where the scenario wants none.
    private let configuration: URL?
    /// The run's thread starts and ends it, the watch restarts it in between.
    private let process = Mutex<Process?>(nil)

    /// - Parameters:
    ///   - folder: of the run's results; the gateway's data are in it while it runs.
    ///   - settings: the content of its configuration file, if it is to have one.
    init(executable: String, folder: URL, settings: JSONValue? = nil) throws {
        target = try Endpoint(loopback: try Self.freePort())
        admin = try Endpoint(loopback: try Self.freePort())
        self.executable = URL(filePath: executable)
        // A name of this run's own: what a run that was killed left there is not touched.
        data = folder.appending(path: "gateway-data-\(getpid())")
        log = folder.appending(path: "gateway.log")
        guard FileManager.default.isExecutableFile(atPath: self.executable.path) else {
            throw UsageError("\(executable): no program there; build it: swift build -c release")
        }
        guard FileManager.default.createFile(atPath: log.path, contents: nil) else {
            throw UsageError("\(log.path): cannot be written")
        }
        configuration = settings.map { _ in folder.appending(path: "gateway.json") }
        if let settings, let configuration {
            try Data(settings.bytes).write(to: configuration)
        }
    }

    private static func freePort() throws -> UInt16 {
        guard let any = SocketAddress("127.0.0.1:0") else { return 0 }
        return try Listener(on: any).address.port
    }

    /// Starts the process; it answers some time later.
    func start() throws {
        let process = Process()
        let output = try FileHandle(forWritingTo: log)
        try output.seekToEnd()
        process.executableURL = executable
        process.arguments = [
            "serve", "--data", data.path, "--listen", "\(target.address)", "--admin-listen",
            "\(admin.address)",
        ]
        if let configuration { process.arguments? += ["--config", configuration.path] }
        process.standardOutput = output
        process.standardError = output
        try process.run()
        self.process.withLock { $0 = process }
    }

    /// Waits until entries can be accepted.
    /// - Throws: ``UsageError`` where that takes over 30 s, or the process has ended.
    func waitUntilReady() throws {
        let api = AdminAPI(try HTTPClient(BaseURL(admin.url)), token: nil)
        for _ in 0..<600 where isRunning {
            // Not yet listening, or not yet ready: asked again.
            if (try? api.bytes(["readyz"], withinSeconds: 10)) != nil { return }
            Thread.sleep(forTimeInterval: 0.05)
        }
        throw UsageError("the gateway does not get ready; its last words are in \(log.path)")
    }

    func token() throws -> String {
        let file = data.appending(path: "admin.token")
        return try String(contentsOf: file, encoding: .utf8)
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Ends the process, at once or as an operator would, and starts it again on the same data.
    func restart(gracefully: Bool) throws {
        end(by: gracefully ? SIGTERM : SIGKILL)
        try start()
    }

    func stall(seconds: Double) {
        guard let pid = process.withLock({ $0?.processIdentifier }) else { return }
        kill(pid, SIGSTOP)
        Thread.sleep(forTimeInterval: seconds)
        kill(pid, SIGCONT)
    }

    /// Ends the process and removes its data; the log stays.
    func stop() {
        end(by: SIGTERM)
        // What cannot be removed is left for the user to see.
        try? FileManager.default.removeItem(at: data)
    }

    private var isRunning: Bool { process.withLock { $0?.isRunning ?? false } }

    private func end(by signal: Int32) {
        process.withLock { process in
            guard let process, process.isRunning else { return }
            kill(process.processIdentifier, signal)
            process.waitUntilExit()
        }
    }
}
