import Foundation
import Testing
import Wire

@testable import portillon_load

@Suite("Scenarios are read strictly")
struct ScenarioTests {
    /// Writes a scenario to a file and reads it.
    private func read(_ text: String) throws -> Scenario {
        let file = FileManager.default.temporaryDirectory
            .appending(path: "scenario-\(UUID().uuidString).json")
        try Data(text.utf8).write(to: file)
        // Left behind, it would be one small file in a temporary folder.
        defer { try? FileManager.default.removeItem(at: file) }
        return try Scenario.read(file.path)
    }

    private func stream(_ members: String) -> String {
        """
        {"operations": {"a": {}}, "streams": [{"phases": [{"seconds": 2, "rate": 5}], \(members)}]}
        """
    }

    @Test("every scenario of the repository is sound")
    func repositoryScenarios() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../loadtests/scenarios").standardizedFileURL
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".json") }
        #expect(files.count >= 9)
        for file in files {
            let scenario = try Scenario.read(folder.appending(path: file).path)
            #expect(!scenario.description.isEmpty, "\(file) says what it is for")
            #expect(scenario.seconds > 0)
        }
    }

    @Test("the tags that a scenario's entries carry are declared, but where it is about that")
    func declaredTags() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../loadtests/scenarios").standardizedFileURL
        for file in try FileManager.default.contentsOfDirectory(atPath: folder.path)
        where file.hasSuffix(".json") {
            let scenario = try Scenario.read(folder.appending(path: file).path)
            for stream in scenario.streams {
                guard let source = stream.clients.source else { continue }
                let operation = scenario.operations[stream.operation]
                let isDeclared = operation.campaigns.contains { $0.source == source }
                #expect(isDeclared == (file != "undeclared-flood.json"), "\(file): \(source)")
            }
        }
    }

    @Test("a campaign is declared as it stands, and starts with the traffic")
    func campaigns() throws {
        let scenario = try read(
            """
            {"operations": {"a": {"campaigns": [
               {"channel": "sms", "recipients": 5, "source": "s", "note": "n"}]}},
             "streams": [{"phases": [{"seconds": 2, "rate": 5}]}]}
            """)
        let campaign = try #require(scenario.operations[0].campaigns.first)
        #expect(campaign.source == "s")
        #expect(
            campaign.declaration
                == .object([
                    "channel": .string("sms"), "recipients": .integer(5), "source": .string("s"),
                    "note": .string("n"),
                ]))
    }

    @Test("what is left out has a sensible value")
    func defaults() throws {
        let scenario = try read(
            #"{"operations": {"a": {}}, "streams": [{"phases": [{"seconds": 2, "rate": 5}]}]}"#)
        let stream = scenario.streams[0]
        #expect(stream.name == "a" && stream.operation == 0)
        #expect(stream.pacing == .poisson && stream.connections == 100)
        #expect(stream.clients == ClientPlan())
        #expect(stream.givesNumbersOnce)
        #expect(scenario.operations[0].state == .open)
        #expect(scenario.peakRate == 5 && scenario.seconds == 2)
    }

    @Test(
        "a mistake is named with its place",
        arguments: [
            (#""conections": 5"#, "streams[0].conections: unknown"),
            (#""connections": 0"#, "streams[0].connections: a whole number from 1 to 60000"),
            (#""connections": 2.5"#, "streams[0].connections: a whole number"),
            (#""operation": "b""#, "streams[0].operation: one of a is needed"),
            (#""arrivals": "random""#, "streams[0].arrivals: poisson, paced or closed"),
            (#""clients": {"patience": 2}"#, "streams[0].clients.patience: a number from"),
            (#""clients": {"patient": 1}"#, "streams[0].clients.patient: unknown"),
            (#""expect": [{"figure": "p99"}]"#, "streams[0].expect[0].figure: one of"),
            (#""expect": [{"figure": "p99_ms"}]"#, "streams[0].expect[0]: a bound is needed"),
            (#""expect": [{"figure": "p99_ms", "at_most": "p98"}]"#, "expect[0].at_most: a number"),
            (
                #""expect": [{"figure": "p99_ms", "from": 5, "to": 5, "at_most": 1}]"#,
                "streams[0].expect[0].to: it is later than from"
            ),
            (
                #""expect": [{"figure": "participants", "from": 5, "at_most": 1}]"#,
                "participants is a figure of the whole run"
            ),
        ])
    func mistakes(members: String, expected: String) {
        let error = #expect(throws: ScenarioError.self) { try read(stream(members)) }
        #expect(error?.description.contains(expected) ?? false, "\(error?.description ?? "none")")
    }

    @Test(
        "a scenario as a whole has to make sense",
        arguments: [
            ("[]", "an object is needed"), ("{", "is not JSON"),
            (#"{"streams": []}"#, "operations: at least one"),
            (#"{"operations": {"a": {}}}"#, "streams: at least one"),
            (#"{"operations": {"A": {}}, "streams": []}"#, "operations.A: a name is of"),
            (#"{"operations": {"a": {"state": "shut"}}}"#, "operations.a.state: draft, open"),
            (
                #"{"operations": {"a": {}}, "actions": [{"at": 1, "action": "explode"}]}"#,
                "actions[0].action: restart or stall"
            ),
            (
                #"{"operations": {"a": {}}, "streams": [{"phases": [{"seconds": 1}]}]}"#,
                "streams[0].phases[0].rate: requests a second are needed"
            ),
            (
                """
                {"operations": {"a": {}}, "streams": [{"phases":
                  [{"seconds": 1, "profile": "none.json", "requests": 5}]}]}
                """, "none.json: cannot be read"
            ),
        ])
    func wholeMistakes(text: String, expected: String) {
        let error = #expect(throws: ScenarioError.self) { try read(text) }
        #expect(error?.description.contains(expected) ?? false, "\(error?.description ?? "none")")
    }

    @Test("rate and duration change the scale and keep the proportions")
    func adapting() throws {
        let scenario = try read(
            """
            {"operations": {"a": {}}, "actions": [{"at": 5, "action": "stall"}], "streams": [
              {"name": "one", "phases": [{"seconds": 10, "rate": 100}],
               "expect": [{"figure": "p99_ms", "from": 4, "to": 8, "at_most": 9}]},
              {"name": "two", "starts": 2, "phases": [{"seconds": 4, "rate": [0, 300]}]}]}
            """)
        #expect(abs(scenario.peakRate - 400) < 1)
        let adapted = scenario.adapted(rate: 800, seconds: 20, connections: 7)
        #expect(abs(adapted.streams[0].curve.rate(at: 1) - 200) < 1)
        #expect(adapted.streams[1].startSeconds == 4)
        #expect(adapted.streams[1].curve.seconds == 8)
        #expect(adapted.actions[0].atSeconds == 10)
        #expect(adapted.streams[0].expectations[0].window == .init(from: 8, to: 16))
        #expect(adapted.streams.allSatisfy { $0.connections == 7 })
    }
}
