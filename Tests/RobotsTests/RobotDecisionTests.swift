import Testing

@testable import Robots

@Suite("What is done about an entry")
struct RobotDecisionTests {
    private static func decide(
        _ signature: Int32, _ consistency: Int32, _ behaviour: Int32,
        _ measure: RobotDecision.Measure, solved: ChallengeDifficulty.Level? = nil,
        hasWaited: Bool = false
    ) -> RobotDecision {
        RobotDecision(
            RobotDecision.Weights(
                signature: signature, consistency: consistency, behaviour: behaviour,
                lower: 2_300, upper: 6_900),
            measure, solved: solved, hasWaited: hasWaited)
    }

    @Test(
        "the layers add up, and the bounds are the ruleset's",
        arguments: [
            (2_299, RobotDecision.admit, RobotDecision.admit, RobotDecision.admit),
            (2_300, .admitSuspect, .challenge, .challenge),
            (6_899, .admitSuspect, .challenge, .challenge),
            (6_900, .admitRobot, .challenge, .refuse),
        ] as [(Int32, RobotDecision, RobotDecision, RobotDecision)])
    func bounds(
        sum: Int32, observed: RobotDecision, challenged: RobotDecision, refused: RobotDecision
    ) {
        for part: Int32 in [0, sum / 3, sum] {
            let rest = sum - part
            let splits: [(Int32, Int32, Int32)] = [
                (part, rest, 0), (0, part, rest), (rest, 0, part),
            ]
            for (a, b, c) in splits {
                #expect(Self.decide(a, b, c, .observe) == observed)
                #expect(Self.decide(a, b, c, .challenge) == challenged)
                #expect(Self.decide(a, b, c, .refuse) == refused)
            }
        }
    }

    @Test("a solved challenge answers for the headers, and for nothing else")
    func solved() {
        for measure in [RobotDecision.Measure.challenge, .refuse] {
            #expect(Self.decide(0, 6_800, 0, measure, solved: .high) == .admitSuspect)
            #expect(Self.decide(0, 6_800, 2_000, measure, solved: .high) == .admitSuspect)
            #expect(Self.decide(5_500, 3_000, 0, measure, solved: .high) == .admitSuspect)
        }
        #expect(Self.decide(9_200, 0, 0, .challenge, solved: .high) == .admitRobot)
        #expect(Self.decide(9_200, 0, 0, .refuse, solved: .high) == .refuse)
        #expect(Self.decide(0, 0, 7_000, .challenge, solved: .high) == .admitRobot)
        #expect(Self.decide(0, 0, 7_000, .refuse, solved: .high) == .refuse)
    }

    @Test("less work than is asked for answers nothing, and more is asked for")
    func insufficient() {
        let levels: [ChallengeDifficulty.Level] = [.usual, .raised, .high]
        for (sum, asked) in [(2_300, 1), (4_599, 1), (4_600, 2), (6_899, 2), (6_900, 3)] {
            for level in levels {
                let decision = Self.decide(0, Int32(sum), 0, .challenge, solved: level)
                #expect((decision == .admitSuspect) == (level.rawValue >= asked), "\(sum) \(level)")
                #expect(decision == .admitSuspect || decision == .challenge)
                // Where robots are refused, nobody is asked for the most.
                let strict = Self.decide(0, Int32(sum), 0, .refuse, solved: level)
                #expect((strict == .admitSuspect) == (level.rawValue >= min(asked, 2)))
                #expect(strict == .admitSuspect || strict == .challenge, "\(sum) \(level)")
            }
        }
        #expect(Self.decide(0, 7_000, 0, .refuse) == .refuse, "without any work")
        #expect(Self.decide(0, 7_000, 0, .refuse, hasWaited: true) == .challenge)
        for level in levels {
            #expect(Self.decide(9_200, 0, 0, .refuse, solved: level) == .refuse)
        }
        #expect(Self.decide(9_200, 0, 0, .refuse, hasWaited: true) == .refuse)
        #expect(Self.decide(9_200, 0, 0, .challenge, solved: .raised) == .challenge)
    }

    @Test("a robot is what is decided to be one")
    func robots() {
        let weights = RobotDecision.Weights(
            signature: 500, consistency: 6_800, behaviour: 0, lower: 2_300, upper: 6_900)
        let solved = RobotDecision(weights, .challenge, solved: .high)
        #expect(solved == .admitSuspect && !solved.isRobot(by: weights))
        for (measure, isRobot) in [(RobotDecision.Measure.observe, true), (.challenge, true)] {
            #expect(RobotDecision(weights, measure, solved: nil).isRobot(by: weights) == isRobot)
        }
    }

    @Test("what speaks for a person takes off, and a challenge does not put it back")
    func negative() {
        #expect(Self.decide(0, 3_000, -900, .refuse) == .admit)
        #expect(Self.decide(0, -2_000, 4_500, .refuse, solved: .high) == .admitSuspect)
        #expect(Self.decide(9_200, -2_000, 0, .refuse, solved: .high) == .refuse)
    }
}
