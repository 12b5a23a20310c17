import Robots
import RobotsCrowd

/// Judges layers 3 and 4 on simulated people and attackers, and prints what it finds.
///
/// `portillon-robots-judge [--seed N] [--seeds COUNT] [--attackers COUNT] [--crowd NAME] [--why]`
@main
struct RobotsJudge {
    static func main() {
        guard let options = JudgeOptions(CommandLine.arguments.dropFirst()) else {
            print(JudgeOptions.usage)
            return
        }
        var page = JudgePage(isExplaining: options.isExplaining)
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
}
