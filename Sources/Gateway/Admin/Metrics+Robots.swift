internal import Exposition
internal import Ledger

/// Robots by operation: which rules found them, and what was done about them.
extension Metrics {
    /// Rules of an operation that have series of their own; further ones are `other`.
    private static var maximumRules: Int { 32 }
    /// The layers, by their numbers from 1 on.
    private static let layers: [StaticString] = ["signature", "consistency", "rhythm", "cohort"]
    private static let verdicts: [StaticString] = ["admitted", "observed", "challenged", "refused"]

    /// What was counted of one operation.
    private struct Counted {
        /// By the hash of the heaviest rule's name.
        var entries: [UInt32: UInt64] = [:]
        var verdicts: [UInt64] = [0, 0, 0, 0]
        /// By layer.
        var findings: [UInt64] = [0, 0, 0, 0]
    }

    func writeRobots(
        _ writer: inout MetricsWriter, _ operations: [(UInt32, Catalogue.Operation)]
    ) {
        let counted = countRobots()
        let judged = operations.filter { $0.1.settings.robots != .off }.map { index, operation in
            (id: operation.id, counted: counted[index] ?? Counted())
        }
        let rules = shared.robots.names.all.rules
        writer.family(
            "portillon_robots", .counter,
            help: "Entries of robots and suspects, by the rule that weighed most.")
        for (id, counted) in judged {
            for (rule, count) in Self.series(of: counted, rules) {
                writer.sample(count) { labels in
                    labels.add("operation", id)
                    labels.add("rule", rule)
                }
            }
        }
        writer.family(
            "portillon_robot_verdicts", .counter,
            help: "The same entries, by what was done about them.")
        for (id, counted) in judged {
            Self.write(counted.verdicts, by: "verdict", Self.verdicts, of: id, &writer)
        }
        writer.family(
            "portillon_robot_findings", .counter,
            help: "Findings of rules in these entries, by layer; an entry may have several.")
        for (id, counted) in judged {
            Self.write(counted.findings, by: "layer", Self.layers, of: id, &writer)
        }
    }

    private static func write(
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
        of counted: Counted, _ rules: [UInt32: RobotNames.Rule]
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

    private func countRobots() -> [UInt32: Counted] {
        var counted: [UInt32: Counted] = [:]
        for (cell, count) in shared.robots.counts.totals {
            switch cell.subject {
            case .heaviest:
                counted[cell.operation, default: Counted()].entries[cell.value, default: 0] &+=
                    count
            case .verdict:
                let place = RobotMinute.Verdict.allCases.firstIndex(of: cell.verdict) ?? 0
                counted[cell.operation, default: Counted()].verdicts[place] &+= count
            case .rule:
                counted[cell.operation, default: Counted()].findings[cell.layer - 1] &+= count
            case .tool, .key, .network, .permit, nil: continue
            }
        }
        return counted
    }
}
