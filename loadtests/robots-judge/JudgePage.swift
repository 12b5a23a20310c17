import Robots
import RobotsCrowd

/// The tables that the judge prints.
struct JudgePage {
    let isExplaining: Bool
    private var people = 0
    private var challenged = 0
    private var refused = 0

    init(isExplaining: Bool) {
        self.isExplaining = isExplaining
    }

    mutating func showPeople(_ trials: [CrowdTrial], seeds: [UInt64]) {
        print("\n" + Self.row("people", ["entries", "challenged", "refused", "share", "heaviest"]))
        for trial in trials {
            for seed in seeds {
                var reasons: [String] = []
                let tally = trial.run(seed: seed) { entry, findings in
                    reasons.append("    \(entry.participant): \(Self.text(findings))")
                }
                people += tally.entries
                challenged += tally.challenged
                refused += tally.refused
                let share = 100 * Double(tally.stopped) / Double(max(tally.entries, 1))
                print(
                    Self.row(
                        "\(trial.name), seed \(seed)",
                        [
                            "\(tally.entries)", "\(tally.challenged)", "\(tally.refused)",
                            Self.percent(share), "\(tally.heaviest)",
                        ]))
                if isExplaining { reasons.prefix(40).forEach { print($0) } }
            }
        }
    }

    mutating func showAttacks(_ trials: [AttackTrial], seeds: [UInt64], attackers: Int) {
        print(
            "\n"
                + Self.row(
                    "attackers", ["caught", "of", "median", "later", "people stopped", "of"]))
        for trial in trials {
            for seed in seeds {
                let result = trial.run(attackers: attackers, seed: seed)
                let later = 100 * Double(result.laterStopped) / Double(max(result.later, 1))
                print(
                    Self.row(
                        "\(trial.name), seed \(seed)",
                        [
                            "\(result.caught)", "\(result.attackers)",
                            result.medianCaughtAt.map { "\($0)" } ?? "-", Self.percent(later),
                            "\(result.peopleChallenged + result.peopleRefused)",
                            "\(result.people)",
                        ]) + "  " + Self.rules(result.rules))
            }
        }
    }

    /// Of people and of attackers, how many each bound would stop: the receiver operating
    /// characteristic of either attack.
    func showBounds(
        _ trials: [AttackTrial], people: [Int32], seed: UInt64, attackers: Int
    ) {
        let bounds: [Int32] = Array(stride(from: 800, through: 3_600, by: 200))
        print("\n" + Self.row("stopped at a bound of", bounds.map { "\($0)" }, width: 8))
        let stopped = bounds.map { bound in
            100 * Double(people.count { $0 >= bound }) / Double(max(people.count, 1))
        }
        print(Self.row("people's entries", stopped.map { Self.percent($0) }, width: 8))
        for trial in trials {
            let result = trial.run(attackers: attackers, seed: seed)
            let caught = bounds.map { bound in
                100 * Double(result.catchingBounds.count { $0 >= bound })
                    / Double(max(result.attackers, 1))
            }
            print(Self.row(trial.name, caught.map { Self.percent($0) }, width: 8))
        }
    }

    /// - Parameter costs: nanoseconds an entry, of each thousand.
    func showCost(_ costs: [Double], of trial: borrowing CostTrial) {
        let sorted = costs.sorted()
        guard !sorted.isEmpty else { return }
        for (name, share) in [("lowest", 0.0), ("median", 0.5), ("90 %", 0.9)] {
            let place = min(Int(Double(sorted.count) * share), sorted.count - 1)
            print("\(name): \(Int(sorted[place].rounded())) ns an entry")
        }
        let share = 100 * Double(trial.suspected) / Double(max(trial.entries, 1))
        print("something speaks against \(Self.percent(share)) of \(trial.entries) people")
        print("tables: \((trial.memoryBytes + 0x8_0000) >> 20) MiB")
    }

    /// - Parameter bytes: by which the process has grown since before the tables were made.
    func showMemory(_ bytes: Int) {
        print("memory of the process for it: \((bytes + 0x8_0000) >> 20) MiB")
    }

    func showEnd() {
        print("\nPeople alone: \(challenged) of \(people) entries challenged, \(refused) refused.")
    }

    private static func text(_ findings: BehaviourFindings) -> String {
        (0..<findings.count).map { index in
            let finding = findings[index]
            return "\(finding.rule) \(finding.weight) (\(finding.observed))"
        }.joined(separator: ", ")
    }

    /// The rules that weighed most often, most often first.
    private static func rules(_ counts: [Int]) -> String {
        let sorted = zip(BehaviourRule.allCases, counts).filter { $0.1 > 0 }.sorted { $0.1 > $1.1 }
        return sorted.prefix(6).map { "\($0.0) \($0.1)" }.joined(separator: ", ")
    }

    private static func percent(_ value: Double) -> String {
        let hundredths = Int((value * 100).rounded())
        let fraction = String(100 + hundredths % 100).dropFirst()
        return "\(hundredths / 100).\(fraction) %"
    }

    private static func row(_ name: String, _ cells: [String], width: Int = 11) -> String {
        let title = name + String(repeating: " ", count: max(62 - name.count, 1))
        return title
            + cells.map { String(repeating: " ", count: max(width - $0.count, 1)) + $0 }.joined()
    }
}
