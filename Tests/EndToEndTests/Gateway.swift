import Foundation
import TLSClient
import TestSupport
import Testing

/// The built gateway as a process of its own, on ports and data of its own, seen from outside.
///
/// It can be stopped, killed and started again on the same data and the same ports.
final class Gateway {
    let directory: TemporaryDirectory
    let port: UInt16
    let adminPort: UInt16
    private(set) var process: ChildProcess?
    /// Where its wall clock is a test's.
    var clock: FakeClock?
    /// Where it has a supervisor: its sockets, and what it says.
    var supervisor: TestSupervisor?

    /// What its public listener is spoken to with; nil for plain HTTP.
    var tls: TLSOptions?
    /// The same for the admin listener.
    var adminTLS: TLSOptions?

    /// Bytes of what its earlier starts wrote to standard error.
    private var earlierErrorBytes = 0

    var data: String { directory.path("data") }

    /// What makes starts and ends quick where a test says nothing else by an option: the zeros of a
    /// whole segment are written before the first entry, and a drain waits for whoever is silent.
    ///
    /// And patience: a machine on which the test or the gateway stands still for ten seconds is no
    /// client that is too slow, and no disk that hangs.
    private static let usualSettings = [
        "PORTILLON_LIMITS_ANSWER_SECONDS": "30",
        "PORTILLON_LIMITS_HEAD_SECONDS": "120",
        "PORTILLON_LIMITS_BODY_SECONDS": "120",
        "PORTILLON_LIMITS_WRITE_SECONDS": "120",
        "PORTILLON_LIMITS_UNAUTHENTICATED_SECONDS": "120",
        "PORTILLON_LIMITS_JOURNAL_SEGMENT_BYTES": "8388608",
        "PORTILLON_LIMITS_DRAIN_NOTICE_MILLISECONDS": "100",
    ]

    /// - Parameter isInMemory: see ``TemporaryDirectory``; the test gives it small segments.
    init(isInMemory: Bool = false) throws {
        directory = TemporaryDirectory(isInMemory: isInMemory)
        (port, adminPort) = (try LoopbackPorts.take(), try LoopbackPorts.take())
    }

    // MARK: Starting

    /// Starts it and waits until it is ready to accept entries.
    func start(
        faults: Faults? = nil, options: [String] = [], shell: Shell? = nil
    ) throws {
        let process = try launch(faults: faults, options: options, shell: shell)
        let isReady = try eventually(withinSeconds: 120) {
            if let ending = process.poll() {
                throw GatewayFailure("it ended before it was ready: \(ending): \(errors)")
            }
            return answersReady()
        }
        if !isReady { throw GatewayFailure("it is not ready after 120 s: \(errors)") }
    }

    /// A shell that starts the gateway in surroundings of its own.
    struct Shell {
        /// The script; `"$@"` is the gateway's command line.
        var script: String
        /// Descriptors that it gets as 3, 4 and so on.
        var descriptors: [Int32] = []
    }

    /// Starts it and does not wait.
    @discardableResult
    func launch(
        faults: Faults? = nil, options: [String] = [], shell: Shell? = nil
    ) throws -> ChildProcess {
        var environment = ProcessInfo.processInfo.environment
        for name in environment.keys where name.hasPrefix("PORTILLON_") || name == "LD_PRELOAD" {
            environment[name] = nil
        }
        environment.merge(Self.usualSettings) { $1 }
        if let faults { environment.merge(faults.environment) { $1 } }
        if let clock { environment.merge(clock.environment) { $1 } }
        var command = [
            try Self.executable(), "serve", "--data", data, "--listen", "127.0.0.1:\(port)",
            "--admin-listen", "127.0.0.1:\(adminPort)",
        ]
        if let supervisor {
            environment.merge(supervisor.environment) { $1 }
            // Only the child knows its number.
            command = ["/bin/sh", "-c", #"LISTEN_PID=$$ exec "$@""#, "sh"] + command
        }
        command += options
        if let shell { command = ["/bin/bash", "-c", shell.script, "bash"] + command }
        earlierErrorBytes = errors.utf8.count
        let process = try ChildProcess(
            command, environment: environment, output: directory.path("output.log"),
            errors: directory.path("errors.log"),
            passing: supervisor?.descriptors ?? shell?.descriptors ?? [])
        self.process = process
        return process
    }

    /// What it wrote to standard error so far, over all its starts.
    var errors: String { directory.text("errors.log") }

    /// What it wrote to standard error since its last start.
    var errorsOfStart: String {
        String(decoding: Array(errors.utf8.dropFirst(earlierErrorBytes)), as: UTF8.self)
    }

    /// Whether the log has the text, or will within half a minute: a thread of its own writes it,
    /// behind what it tells of.
    func says(_ text: String) -> Bool {
        eventually(withinSeconds: 30) { errors.contains(text) }
    }

    /// Whether it says that it can accept entries.
    func answersReady() -> Bool {
        // Refused or closed is what a starting gateway does: not ready.
        (try? adminConnection().exchange(HTTPRequest("GET", "/readyz").text))?.status == 200
    }

    // MARK: Ending

    /// SIGTERM, and how it ended.
    @discardableResult
    func stop(with signal: Int32 = SIGTERM) throws -> ChildProcess.Ending {
        guard let process else { throw GatewayFailure("it was not started") }
        process.send(signal)
        guard let ending = process.wait(atMostSeconds: 90) else {
            throw GatewayFailure("it is still there 90 s after signal \(signal): \(errors)")
        }
        self.process = nil
        return ending
    }

    /// SIGKILL: what a power cut is to a process.
    func kill() throws {
        try stop(with: SIGKILL)
    }

    // MARK: The executable

    /// Whether this revision of the repository has a gateway at all.
    static var exists: Bool {
        let sources = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Sources/portillon")
        return given != nil || FileManager.default.fileExists(atPath: sources.path)
    }

    /// The executable that was built with these tests; or the one of `PORTILLON_EXECUTABLE`.
    static func executable() throws -> String {
        let path = given ?? built("portillon")
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw GatewayFailure("\(path) is missing: run swift build --build-tests")
        }
        return path
    }

    /// The path of what was built beside the test bundle.
    static func built(_ name: String) -> String {
        // The link names the running executable: the bundle itself, on Linux.
        let bundle = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        let directory = bundle.deletingLastPathComponent()
        if FileManager.default.fileExists(atPath: directory.appending(path: name).path) {
            return directory.appending(path: name).path
        }
        // Under a separate test runner the bundle is among the arguments.
        let argument = ProcessInfo.processInfo.arguments.first { $0.hasSuffix(".xctest") }
        return argument.map { URL(filePath: $0).deletingLastPathComponent() }?
            .appending(path: name).path ?? directory.appending(path: name).path
    }

    private static var given: String? {
        ProcessInfo.processInfo.environment["PORTILLON_EXECUTABLE"]
    }
}

/// Why the gateway could not be had.
struct GatewayFailure: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) { self.description = description }
}

/// Starts a gateway, lets a test use it, and holds it to a clean end if it still runs afterwards.
func withGateway(options: [String] = [], _ test: (Gateway) throws -> Void) throws {
    let gateway = try Gateway()
    try gateway.start(options: options)
    try test(gateway)
    if let process = gateway.process {
        #expect(process.poll() == nil, "the gateway ended on its own: \(gateway.errors)")
        #expect(try gateway.stop() == .exit(0), "SIGTERM: \(gateway.errors)")
    }
}
