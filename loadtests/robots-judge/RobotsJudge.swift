import Robots
import RobotsCrowd

/// Judges layers 3 and 4 on simulated people and attackers, and prints what it finds.
///
/// `portillon-robots-judge [--seed N] [--seeds COUNT] [--attackers COUNT] [--crowd NAME] [--why]
/// [--bounds] [--cost]`
@main
struct RobotsJudge {
    static func main() {
        guard let options = JudgeOptions(CommandLine.arguments.dropFirst()) else {
            print(JudgeOptions.usage)
            return
        }
        var page = JudgePage(isExplaining: options.isExplaining)
        switch options.subject {
        case .trials: showTrials(options, on: &page)
        case .bounds: showBounds(options, on: page)
        case .cost:
            let before = ResidentMemory.bytes
            var trial = CostTrial(seed: options.seeds[0])
            let costs = trial.run(thousands: 2_000)
            let after = ResidentMemory.bytes
            page.showCost(costs, of: trial)
            if let before, let after { page.showMemory(after - before) }
        }
    }

    private static func showTrials(_ options: JudgeOptions, on page: inout JudgePage) {
        for crowd in options.crowds {
            page.showPeople(CrowdTrial.all(crowd), seeds: options.seeds)
        }
        for crowd in options.crowds {
            for people in options.backgrounds {
                page.showAttacks(
                    AttackTrial.all(crowd, people: people), seeds: options.seeds,
                    attackers: options.attackers)
            }
        }
        page.showEnd()
    }

    private static func showBounds(_ options: JudgeOptions, on page: JudgePage) {
        for crowd in options.crowds {
            let people = options.seeds.flatMap {
                CrowdTrial(crowd, .mixed(10_000)).run(seed: $0).weights
            }
            for background in options.backgrounds {
                page.showBounds(
                    AttackTrial.careful(crowd, people: background), people: people,
                    seed: options.seeds[0], attackers: options.attackers)
            }
        }
    }
}
