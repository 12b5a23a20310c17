import ArgumentParser
import Foundation
import TestSupport
import Testing

@testable import portillon

@Suite("The rules that tell robots from people, measured")
struct RobotsTests {
    /// The development set, beside the repository or where the environment says.
    private enum Labelled {
        static let folder: URL =
            ProcessInfo.processInfo.environment["PORTILLON_LABELLED"].map { URL(filePath: $0) }
            ?? URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "../shared/robots").standardized

        static let isThere = FileManager.default.fileExists(
            atPath: folder.appending(path: "robots-dev.yml").path)
        static let reason: Comment = "there is no folder ../shared/robots with labelled lists"

        static func path(_ name: String) -> String { folder.appending(path: name).path }
    }

    private func report(_ arguments: [String]) throws -> JudgeReport {
        try RobotsJudge.parse(arguments).report()
    }

    @Test(
        "the development set: recall 99 %, at most 0.5 % of people stopped, none refused",
        .enabled(if: Labelled.isThere, Labelled.reason))
    func developmentSet() throws {
        let report = try report([
            "--people", Labelled.path("humans-dev.yml"),
            "--people", Labelled.path("top-browsers.json"),
            "--robots", Labelled.path("robots-dev.yml"), "--errors", "100",
        ])
        let signature = try #require(report.layers.first)
        #expect(signature.robots.all > 500 && signature.people.all > 500)
        #expect(signature.recall >= 0.99, "\(report.missedRobots.map(\.text))")
        #expect(
            signature.falsePositiveRate <= 0.005,
            "\(report.stoppedPeople.map { "\($0.text): \($0.rules)" })")
        #expect(signature.people.refused == 0)
    }

    @Test("real browsers' header lists: nobody is stopped")
    func browsers() throws {
        let lists = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "RobotsTests/Fixtures/browsers.jsonl")
        let report = try report([lists.path])
        let together = try #require(report.layers.last)
        #expect(together.people.all >= 40)
        #expect(together.people.stopped == 0)
        #expect(report.text.contains("together"))
    }

    @Test("recall, false-positive rate and precision are what they are called")
    func figures() throws {
        let folder = TemporaryDirectory()
        let robots = folder.path + "/robots.yml"
        let people = folder.path + "/people.json"
        try Data(
            """
            Tools:
              - curl/8.0
              - wget/1.0
              - "unheard \\"of\\" (thing)"
            Quoted 'name':
              - 'a ''bot'' (b)'
            """.utf8
        ).write(to: URL(filePath: robots))
        try Data(#"["Opera/9.80 (X11)", "Bot/1.0 (x)"]"#.utf8).write(to: URL(filePath: people))
        let report = try report(
            ["--robots", robots, "--people", people, "--prevalence", "20"])
        let layer = try #require(report.layers.last)
        #expect(layer.robots.all == 4)
        #expect(layer.robots.refused == 2)
        #expect(layer.robots.challenged == 1)
        #expect(layer.recall == 0.75)
        #expect(layer.falsePositiveRate == 0.5)
        #expect(abs(layer.precision - 0.15 / 0.55) < 1e-9)
        #expect(report.missedRobots.map(\.text) == ["unheard \"of\" (thing)"])
        #expect(report.stoppedPeople.map(\.rules) == [["robot-word (Bot)"]])
        let rule = try #require(report.rules.first { $0.rule == "robot-word" })
        #expect(rule.people == 1 && rule.robots == 1)
    }

    @Test("a bar that is not held ends the command with 1; a file without labels with 78")
    func failures() throws {
        let folder = TemporaryDirectory()
        let path = folder.path + "/robots.json"
        try Data(#"["x (y)"]"#.utf8).write(to: URL(filePath: path))
        let judge = try RobotsJudge.parse(["--robots", path, "--recall", "50", "--json"])
        #expect(throws: CommandFailure(.refused, "recall is below 50.0 %")) { try judge.run() }
        let unlabelled = #expect(throws: CommandFailure.self) { try report([path]) }
        #expect(unlabelled?.status == ExitStatus.configuration.rawValue)
    }

    @Test(
        "what a line of a captured file must be",
        arguments: [
            "{}", #"{"label": "dog"}"#, #"{"label": "robot", "transport": "pigeon"}"#,
            #"{"label": "robot", "headers": [["a"]]}"#, "nonsense",
        ])
    func lines(_ line: String) throws {
        let folder = TemporaryDirectory()
        let path = folder.path + "/captured.jsonl"
        let good = #"{"label": "robot", "headers": [["User-Agent", "curl/8"]]}"#
        try Data("\(good)\n\(line)\n".utf8).write(to: URL(filePath: path))
        let failure = #expect(throws: CommandFailure.self) { try report([path]) }
        #expect(failure?.lines.first?.contains("line 2") == true)
    }

    @Test("a ruleset that cannot be used is named with its place; the shipped one can be used")
    func rulesets() throws {
        let folder = TemporaryDirectory()
        let path = folder.path + "/rules.json"
        try Data(#"{"format": 1, "version": "x"}"#.utf8).write(to: URL(filePath: path))
        let check = try RobotsCommand.Check.parse([path])
        let failure = #expect(throws: CommandFailure.self) { try check.run() }
        #expect(failure?.lines.first?.contains("rules.json: /version: Must be") == true)
    }

    @Test("lists of names and texts, and what is none")
    func lists() throws {
        let read = try NamedLists.read("# a comment\nA (b): c:\n  - x: y\n\n\"8\":\n  - \"\\\\\"\n")
        #expect(read.map(\.name) == ["A (b): c", "8"])
        #expect(read.map(\.text) == ["x: y", "\\"])
        for (text, line) in [("A:\n  x\n", 2), ("  - \"a\n", 1), ("  - \"\\n\"\n", 1)] {
            let failure = #expect(throws: NamedLists.Failure.self) { try NamedLists.read(text) }
            #expect(failure?.line == line)
        }
    }
}
