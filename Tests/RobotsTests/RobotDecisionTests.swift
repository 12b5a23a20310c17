import Testing

@testable import Robots

@Suite("What is done about an entry")
struct RobotDecisionTests {
    private static func decide(
        _ signature: Int32, _ consistency: Int32, _ behaviour: Int32,
        _ measure: RobotDecision.Measure, isSolved: Bool = false
    ) -> RobotDecision {
        RobotDecision(
            RobotDecision.Weights(
                signature: signature, consistency: consistency, behaviour: behaviour,
                lower: 2_300, upper: 6_900),
            measure, isSolved: isSolved)
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
            #expect(Self.decide(0, 6_800, 0, measure, isSolved: true) == .admitSuspect)
            #expect(Self.decide(0, 6_800, 2_000, measure, isSolved: true) == .admitSuspect)
            #expect(Self.decide(5_500, 3_000, 0, measure, isSolved: true) == .admitSuspect)
        }
        #expect(Self.decide(9_200, 0, 0, .challenge, isSolved: true) == .admitRobot)
        #expect(Self.decide(9_200, 0, 0, .refuse, isSolved: true) == .refuse)
        #expect(Self.decide(0, 0, 7_000, .challenge, isSolved: true) == .admitRobot)
        #expect(Self.decide(0, 0, 7_000, .refuse, isSolved: true) == .refuse)
    }

    @Test("what speaks for a person takes off, and a challenge does not put it back")
    func negative() {
        #expect(Self.decide(0, 3_000, -900, .refuse) == .admit)
        #expect(Self.decide(0, -2_000, 4_500, .refuse, isSolved: true) == .admitSuspect)
        #expect(Self.decide(9_200, -2_000, 0, .refuse, isSolved: true) == .refuse)
    }
}
