import Foundation
import Wire

extension Scenario {
    /// Reads a scenario's file, and the profiles it names, which lie beside it.
    /// - Throws: ``ScenarioError`` with the place in the file and what is needed there.
    static func read(_ path: String) throws(ScenarioError) -> Scenario {
        let url = URL(filePath: path)
        var top = try Members(JSONFile.read(url), at: "")
        let names = try operations(&top)
        var scenario = Scenario(
            file: url.lastPathComponent,
            title: try top.string("title") ?? url.deletingPathExtension().lastPathComponent,
            description: try top.string("description") ?? "",
            operations: names,
            streams: [],
            actions: try actions(&top),
            gateway: top.take("gateway"),
            expectations: try Expectation.list(&top, figures: FigureNames.ofRun),
            seed: try top.integer("seed", in: 0...Int.max).map(UInt64.init),
            graceSeconds: try top.number("grace_seconds", in: 0...3_600) ?? 10)
        for (json, path) in try top.array("streams") {
            scenario.streams.append(
                try StreamPlan(
                    json, at: path, operations: names,
                    profiles: url.deletingLastPathComponent()))
        }
        try top.end()
        guard !scenario.streams.isEmpty else {
            throw top.wrong("streams", "at least one is needed")
        }
        let streams = scenario.streams.map(\.name)
        guard Set(streams).count == streams.count else {
            throw top.wrong("streams", "two have the same name")
        }
        return scenario
    }

    private static func operations(
        _ top: inout Members
    ) throws(ScenarioError) -> [OperationPlan] {
        guard var members = try top.object("operations") else {
            throw top.wrong("operations", "at least one is needed: {\"main\": {}}")
        }
        var found: [OperationPlan] = []
        for (name, json) in members.removeAll() {
            let path = members.path(of: name)
            guard isName(name) else {
                throw ScenarioError(path: path, reason: "a name is of a-z, 0-9 and -, at most 32")
            }
            found.append(try OperationPlan(name, json, at: path))
        }
        guard !found.isEmpty else { throw top.wrong("operations", "at least one is needed") }
        return found
    }

    private static func isName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 32 && name.utf8.first != UInt8(ascii: "-")
            && name.utf8.allSatisfy {
                $0 >= UInt8(ascii: "a") && $0 <= UInt8(ascii: "z")
                    || $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") || $0 == UInt8(ascii: "-")
            }
    }

    private static func actions(_ top: inout Members) throws(ScenarioError) -> [ScenarioAction] {
        var found: [ScenarioAction] = []
        for (json, path) in try top.array("actions") {
            var members = try Members(json, at: path)
            guard let at = try members.number("at", in: 0...1e6) else {
                throw members.wrong("at", "the second of the run is needed")
            }
            switch try members.string("action") {
            case "restart":
                let signal = try members.string("signal") ?? "KILL"
                guard ["KILL", "TERM"].contains(signal) else {
                    throw members.wrong("signal", "KILL or TERM is needed")
                }
                found.append(
                    ScenarioAction(atSeconds: at, kind: .restart(gracefully: signal == "TERM")))
            case "stall":
                let seconds = try members.number("seconds", in: 0.001...60) ?? 1
                found.append(ScenarioAction(atSeconds: at, kind: .stall(seconds: seconds)))
            default:
                throw members.wrong("action", "restart or stall is needed")
            }
            try members.end()
        }
        return found.sorted { $0.atSeconds < $1.atSeconds }
    }
}
