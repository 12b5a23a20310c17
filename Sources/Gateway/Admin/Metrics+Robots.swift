internal import Exposition
internal import Ledger

/// Robots by operation: what was done about them, and which rules found them.
extension Metrics {
    /// Rules of an operation that have series of their own; further ones are `other`.
    private static var maximumRules: Int { 32 }
    /// The layers, by their numbers from 1 on.
    private static let layers: [StaticString] = ["signature", "consistency", "rhythm", "cohort"]
    private static let verdicts: [StaticString] = ["admitted", "observed", "challenged", "refused"]

    /// What was counted of one operation.
    private struct Counted {
        /// By the hash of the heaviest rule's name, then by verdict.
        var entries: [UInt32: [UInt64]] = [:]
        /// By layer.
        var findings: [UInt64] = [0, 0, 0, 0]
    }

    func writeRobots(
        _ writer: inout MetricsWriter, _ operations: [(UInt32, Catalogue.Operation)]
    ) {
        let judged = operations.filter { $0.1.settings.robots != .off }
        let counted = countRobots()
        let rules = shared.robots.names.all.rules
        writer.family(
            "portillon_robots", .counter,
            help: "Entries of robots and suspects, by what was done and by their heaviest rule.")
        for (index, operation) in judged {
            let series = Self.series(of: counted[index] ?? Counted(), rules)
            for (rule, counts) in series {
                for (verdict, count) in zip(Self.verdicts, counts) where count > 0 || rule == nil {
                    writer.sample(count) { labels in
                        labels.add("operation", operation.id)
                        labels.add("rule", rule ?? "other")
                        labels.add("verdict", verdict)
                    }
                }
            }
        }
        writer.family(
            "portillon_robot_findings", .counter,
            help: "Findings of rules in these entries, by layer; an entry may have several.")
        for (index, operation) in judged {
            let findings = counted[index]?.findings ?? [0, 0, 0, 0]
            for (layer, count) in zip(Self.layers, findings) {
                writer.sample(count) { labels in
                    labels.add("operation", operation.id)
                    labels.add("layer", layer)
                }
            }
        }
    }

    /// Each rule's counts by verdict, by name; last those of the others, without a name: they are
    /// there from the start.
    private static func series(
        of counted: Counted, _ rules: [UInt32: RobotNames.Rule]
    ) -> [(rule: String?, counts: [UInt64])] {
        var named: [(rule: String?, counts: [UInt64])] = []
        var others: [UInt64] = [0, 0, 0, 0]
        // In the order in which they came a rule keeps its series; by number it is as steady.
        for (hash, counts) in counted.entries.sorted(by: { $0.key < $1.key }) {
            if let rule = rules[hash], named.count < maximumRules {
                named.append((rule.name, counts))
            } else {
                for index in others.indices { others[index] &+= counts[index] }
            }
        }
        return named + [(nil, others)]
    }

    private func countRobots() -> [UInt32: Counted] {
        var counted: [UInt32: Counted] = [:]
        for (cell, count) in shared.robots.counts.totals {
            switch cell.subject {
            case .heaviest:
                let place = RobotMinute.Verdict.allCases.firstIndex(of: cell.verdict) ?? 0
                counted[cell.operation, default: Counted()]
                    .entries[cell.value, default: [0, 0, 0, 0]][place] &+= count
            case .rule:
                counted[cell.operation, default: Counted()].findings[cell.layer - 1] &+= count
            case .verdict, .tool, .key, .network, nil: continue
            }
        }
        return counted
    }
}
