import Foundation
import Gateway
import Testing

@testable import portillon

@Suite("The units of ops/systemd go with the program")
struct ServiceUnitTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "ops/systemd")
    private static let analyze = "/usr/bin/systemd-analyze"

    /// The values of each key of a unit, in their order.
    private static func unit(_ name: String) throws -> [String: [String]] {
        let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
        var values: [String: [String]] = [:]
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            guard let sign = line.firstIndex(of: "=") else { continue }
            let value = String(line[line.index(after: sign)...])
            values[String(line[..<sign]), default: []].append(value)
        }
        return values
    }

    @Test("the service may take as long to end as a drain does, and is not tried again in vain")
    func service() throws {
        let unit = try Self.unit("portillon.service")
        let stop = try #require(unit["TimeoutStopSec"]?.first.flatMap { Int($0.dropLast()) })
        #expect(stop > Limits().drainSeconds + 5)
        #expect(unit["Type"] == ["notify"])
        #expect(unit["Restart"] == ["on-failure"])
        let prevented = unit["RestartPreventExitStatus"]?.first?.split(separator: " ") ?? []
        #expect(prevented.contains("\(ExitStatus.configuration.rawValue)"))
        #expect(!prevented.contains("\(ExitStatus.inputOutput.rawValue)"))
    }

    @Test("its variables are settings, and its sockets have the names that are looked for")
    func names() throws {
        let unit = try Self.unit("portillon.service")
        let known = Setting.all(on: .init(cores: 2, isTerminal: false)).map(\.variable)
        for assignment in unit["Environment"] ?? [] {
            let variable = assignment.split(separator: "=").first.map(String.init) ?? ""
            #expect(known.contains(variable), "\(variable)")
        }
        let sockets = try #require(unit["Sockets"]?.first?.split(separator: " "))
        let passed = try sockets.map { try Self.unit(String($0))["FileDescriptorName"] }
        #expect(passed == [["public"], ["admin"]])
        for socket in sockets {
            #expect(try Self.unit(String(socket))["Service"] == ["portillon.service"])
        }
    }

    @Test(
        "its exposure is 1.5 of 10 at most",
        .enabled(
            if: FileManager.default.isExecutableFile(atPath: analyze),
            "systemd-analyze is not installed"))
    func exposure() throws {
        let process = Process()
        process.executableURL = URL(filePath: Self.analyze)
        process.arguments = [
            "security", "--offline=true", "--threshold=15", "--no-pager",
            Self.folder.appending(path: "portillon.service").path,
        ]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = String(
            decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(text.contains("Overall exposure level"), "\(text)")
        #expect(process.terminationStatus == 0, "\(text.suffix(400))")
    }
}
