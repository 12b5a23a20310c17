import Foundation
import Robots
import TestSupport
import Testing

@testable import portillon

@Suite("The setting policy.robots")
struct RulesetSettingTests {
    private func ruleset(_ value: String?) throws -> Ruleset {
        var flags: [String: String] = [:]
        if let value { flags["policy.robots"] = value }
        return try Configuration(
            settings: Setting.all(on: Setting.Machine(cores: 4, isTerminal: false)), flags: flags
        ).ruleset()
    }

    private func lines(_ value: String) -> [String] {
        do {
            _ = try ruleset(value)
            return []
        } catch let failure as CommandFailure {
            #expect(failure.status == 78)
            return failure.lines
        } catch {
            return ["\(error)"]
        }
    }

    @Test("without a file, the rules that the gateway brings along; with one, those")
    func files() throws {
        #expect(try ruleset(nil).version == Ruleset.shipped.version)
        let folder = TemporaryDirectory()
        let path = folder.path + "/robots.json"
        let text = Ruleset.shippedJSON.replacingOccurrences(
            of: "\"version\": 1,", with: "\"version\": 12,")
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        #expect(try ruleset(path).version == 12)
    }

    @Test("what is wrong is said with the setting, the file and the place in it")
    func faults() throws {
        let folder = TemporaryDirectory()
        let path = folder.path + "/robots.json"
        let missing = "policy.robots: \(path): cannot read the ruleset (No such file or directory)"
        #expect(lines(path) == [missing])
        try "{\"format\": 2}".write(toFile: path, atomically: true, encoding: .utf8)
        let found = try #require(lines(path).first)
        #expect(found.hasPrefix("policy.robots: \(path): ") && found.contains("format"), "\(found)")
        #expect(lines("a:b") == ["policy.robots must be one file"])
    }
}
