internal import Ledger

/// What was counted of robots, by operation, at one moment: summed up over all that count.
struct RobotFigures: Sendable {
    private let counted: [UInt32: Counted]
    let rules: [UInt32: RobotNames.Rule]

    /// What was counted of one operation.
    struct Counted: Sendable {
        /// By the hash of the heaviest rule's name.
        var entries: [UInt32: UInt64] = [:]
        var verdicts: [UInt64] = [0, 0, 0, 0]
        /// By layer.
        var findings: [UInt64] = [0, 0, 0, 0]
    }

    init(_ robots: RobotReporter) {
        rules = robots.names.all.rules
        var counted: [UInt32: Counted] = [:]
        for (cell, count) in robots.counts.totals {
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
        self.counted = counted
    }

    /// Of the operation at this index.
    subscript(index: UInt32) -> Counted { counted[index] ?? Counted() }
}
