internal import Exposition
internal import Ledger

/// Robots by operation: which rules found them, and what was done about them.
extension OperationFamily {
    static let robots = [robotEntries, robotVerdicts, robotFindings]

    /// Rules of an operation that have series of their own; further ones are `other`.
    private static var maximumRules: Int { 32 }
    /// The layers, by their numbers from 1 on.
    private static let layers: [StaticString] = ["signature", "consistency", "rhythm", "cohort"]
    private static let verdicts: [StaticString] = ["admitted", "observed", "challenged", "refused"]

    private static let robotEntries = OperationFamily(readsRobots: true) { writer in
        writer.family(
            "portillon_robots", .counter,
            help: "Entries of robots and suspects, by the rule that weighed most.")
    } members: { reading, standing in
        judged(reading, standing)
    } write: { reading, index, operation, writer in
        guard let robots = reading.robots else { return }
        for (rule, count) in series(of: robots[index], robots.rules) {
            writer.sample(count) { labels in
                labels.add("operation", operation.id)
                labels.add("rule", rule)
            }
        }
    }

    private static let robotVerdicts = OperationFamily(readsRobots: true) { writer in
        writer.family(
            "portillon_robot_verdicts", .counter,
            help: "The same entries, by what was done about them.")
    } members: { reading, standing in
        judged(reading, standing)
    } write: { reading, index, operation, writer in
        guard let robots = reading.robots else { return }
        writeCounts(robots[index].verdicts, by: "verdict", verdicts, of: operation.id, &writer)
    }

    private static let robotFindings = OperationFamily(readsRobots: true) { writer in
        writer.family(
            "portillon_robot_findings", .counter,
            help: "Findings of rules in these entries, by layer; an entry may have several.")
    } members: { reading, standing in
        judged(reading, standing)
    } write: { reading, index, operation, writer in
        guard let robots = reading.robots else { return }
        writeCounts(robots[index].findings, by: "layer", layers, of: operation.id, &writer)
    }

    /// Those whose robots are counted: where nobody is judged, those that are let in by name.
    private static func judged(_ reading: ScrapeReading, _ standing: [UInt32]) -> [UInt32] {
        standing.filter {
            let settings = reading.catalogue.operations[Int($0)].settings
            return settings.robots != .off || !settings.allowedRobots.isEmpty
        }
    }

    private static func writeCounts(
        _ counts: [UInt64], by label: StaticString, _ values: [StaticString], of operation: String,
        _ writer: inout MetricsWriter
    ) {
        for (value, count) in zip(values, counts) {
            writer.sample(count) { labels in
                labels.add("operation", operation)
                labels.add(label, value)
            }
        }
    }

    /// Each rule's count by its name; last that of the others, which is there from the start.
    private static func series(
        of counted: RobotFigures.Counted, _ rules: [UInt32: RobotNames.Rule]
    ) -> [(rule: String, count: UInt64)] {
        var named: [(rule: String, count: UInt64)] = []
        var others: UInt64 = 0
        // In the order in which they came a rule keeps its series; by number it is as steady.
        for (hash, count) in counted.entries.sorted(by: { $0.key < $1.key }) {
            if let rule = rules[hash], named.count < maximumRules {
                named.append((rule.name, count))
            } else {
                others &+= count
            }
        }
        return named + [("other", others)]
    }
}
