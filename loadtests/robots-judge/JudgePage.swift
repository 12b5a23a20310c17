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

    private static func row(_ name: String, _ cells: [String]) -> String {
        let title = name + String(repeating: " ", count: max(62 - name.count, 1))
        return title
            + cells.map { String(repeating: " ", count: max(11 - $0.count, 1)) + $0 }.joined()
    }
}
