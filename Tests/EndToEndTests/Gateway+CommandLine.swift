import Foundation
import TestSupport
import Testing

/// The command line as operators use it, beside the gateway that it talks to.
extension Gateway {
    /// What a command came to.
    struct Said: CustomStringConvertible {
        var ending: ChildProcess.Ending?
        var output: String
        var errors: String

        var json: JSON {
            // Not JSON is as wrong as the wrong JSON: the test's expectation says what was there.
            (try? JSONDecoder().decode(JSON.self, from: Data(output.utf8))) ?? .null
        }

        var description: String {
            "\(ending.map { "\($0)" } ?? "still running")\n\(output)\(errors)"
        }
    }

    /// Runs a command to its end; it finds the listener by the environment, and the token in the
    /// data folder.
    func say(_ arguments: String...) throws -> Said { try say(arguments) }

    /// - Parameters:
    ///   - shell: starts the command, if given.
    ///   - variables: more for the environment, or other values.
    ///   - faults: rules of the fault injector, for files of the data folder.
    func say(
        _ arguments: [String], shell: Shell? = nil, variables: [String: String] = [:],
        faults: String? = nil
    ) throws -> Said {
        // One after the other: a name that was never used is a fresh file.
        let name = "said-\(UUID().uuidString)"
        var command = [try Self.executable()] + arguments
        if let shell { command = ["/bin/bash", "-c", shell.script, "bash"] + command }
        var environment = [
            "PATH": "/usr/bin:/bin", "PORTILLON_DATA": data,
            "PORTILLON_ADMIN": "http://127.0.0.1:\(adminPort)",
        ]
        if let faults {
            environment["LD_PRELOAD"] = Self.built("libFaultInjection.so")
            environment["FAULT_INJECTION_DIR"] = data
            environment["FAULT_INJECTION"] = faults
        }
        let process = try ChildProcess(
            command, environment: environment.merging(variables) { $1 },
            output: directory.path(name + ".out"), errors: directory.path(name + ".err"),
            passing: shell?.descriptors ?? [])
        let ending = process.wait(atMostSeconds: 120)
        return Said(
            ending: ending, output: directory.text(name + ".out"),
            errors: directory.text(name + ".err"))
    }

    /// The operations as `loadtests/verify-journal.py --count` has them.
    /// - Parameter archive: a folder with older segments.
    func count(archive: String? = nil) throws -> [JSON] {
        let name = "counted-\(UUID().uuidString)"
        let program = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../loadtests/verify-journal.py").standardized.path
        let process = try ChildProcess(
            ["/usr/bin/env", "python3", program] + (archive.map { [$0] } ?? [])
                + [data + "/journal", "--count"],
            environment: ["PATH": "/usr/local/bin:/usr/bin:/bin"],
            output: directory.path(name + ".out"), errors: directory.path(name + ".err"))
        let ending = process.wait(atMostSeconds: 180)
        let lines = directory.text(name + ".out").split(separator: "\n")
        guard ending == .exit(0), lines.count == 2 else {
            Issue.record("\(ending): \(lines), \(directory.text(name + ".err"))")
            return []
        }
        return try JSONDecoder().decode(JSON.self, from: Data(lines[1].utf8))["operations"]?
            .elements ?? []
    }

    /// The log's records of one kind, oldest first, as `portillon journal print` has them.
    func records(_ kind: String) throws -> [JSON] {
        let printed = try say("journal", "print", data)
        #expect(printed.ending == .exit(0), "\(printed)")
        // Only lines that may be of it are decoded: a log can hold many others.
        return try printed.output.split(separator: "\n").filter { $0.contains(kind) }
            .map { try JSONDecoder().decode(JSON.self, from: Data($0.utf8)) }
            .filter { $0["kind"]?.string == kind }
    }
}

/// Like ``withGateway(options:_:)``; afterwards the log is decided once more, and counted by a
/// program that knows its format alone: everything must come out as it was recorded and as the
/// gateway showed it.
func withReplayedGateway(options: [String] = [], _ test: (Gateway) throws -> Void) throws {
    let gateway = try Gateway()
    try gateway.start(options: options)
    try test(gateway)
    let told = try gateway.admin("GET", "/v1/operations").json["operations"]?.elements ?? []
    #expect(try gateway.stop() == .exit(0), "SIGTERM: \(gateway.errors)")
    let replayed = try gateway.say("replay", gateway.data, "--json")
    #expect(replayed.ending == .exit(0), "\(replayed)")
    let found = replayed.json["operations"]?.elements ?? []
    #expect(!told.isEmpty && found.count == told.count, "\(replayed)")
    for (found, told) in zip(found, told) {
        for name in ["operation", "state", "entries", "participants"] {
            #expect(found[name] == told[name], "\(name): \(found), told \(told)")
        }
    }
    let counted = try gateway.count()
    #expect(counted.count == told.count)
    for (counted, told) in zip(counted, told) {
        for name in ["operation", "client", "state", "entries", "participants", "cover"] {
            #expect(counted[name] == told[name], "\(name): counted \(counted), told \(told)")
        }
    }
}

/// A time so many seconds from now, on a whole second.
func time(in seconds: Double) -> String {
    let date = Date(timeIntervalSince1970: Date().timeIntervalSince1970.rounded(.up) + seconds)
    return date.ISO8601Format().replacing("Z", with: ".000Z")
}

/// Returns when the date in UTC will be the same for two minutes, in which a test compares it.
///
/// - Parameter seconds: how far ahead the clock is whose date that is.
func waitUntilFarFromMidnight(ahead seconds: Int = 0) {
    let left = 86_400 - (Int(Date().timeIntervalSince1970) + seconds) % 86_400
    if left <= 120 { pause(milliseconds: Int32(left) * 1_000 + 100) }
}
