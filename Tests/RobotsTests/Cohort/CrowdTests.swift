import RobotsCrowd
import Testing

@testable import Robots

/// Small runs of what `loadtests/robots-judge` runs at large.
@Suite("People enter, templates and lists are caught")
struct CrowdTests {
    @Test(
        "of people alone, at most 0.1 % are challenged and nobody is refused",
        arguments: [CrowdParameters.first, .second, .customers, .phones])
    func people(_ crowd: CrowdParameters) {
        let tally = CrowdTrial(crowd, .mixed(10_000)).run(seed: 11)
        #expect(tally.refused == 0)
        #expect(tally.challenged * 1_000 <= tally.entries)
    }

    @Test("in an application that looks the same in everybody's hands, at most 0.5 %")
    func application() {
        let tally = CrowdTrial(.application, .mixed(10_000)).run(seed: 11)
        #expect(tally.refused == 0)
        #expect(tally.challenged * 200 <= tally.entries)
    }

    @Test(
        "500 behind one address: none refused, at most 1 % challenged",
        arguments: [CrowdParameters.first, .second], [true, false])
    func venue(_ crowd: CrowdParameters, ownDomain: Bool) {
        let tally = CrowdTrial(crowd, .venue(500, ownDomain: ownDomain)).run(seed: 12)
        #expect(tally.refused == 0)
        // Of the 500, were they all of those.
        #expect(tally.challenged <= 5)
    }

    @Test("a venue alone, and tablets at shows", arguments: [CrowdParameters.first, .second])
    func alone(_ crowd: CrowdParameters) {
        for trial in [CrowdTrial(crowd, .venueAlone(500)), CrowdTrial(crowd, .show)] {
            let tally = trial.run(seed: 13)
            #expect(tally.refused == 0)
            #expect(tally.challenged * 100 <= tally.entries)
        }
    }

    /// Television, a message, an application that nobody had before; and nobody came before them.
    private static let rushes = [
        CrowdTrial(.first, .flash(20_000)), CrowdTrial(.application, .flash(20_000)),
        CrowdTrial(.application, .opening(20_000)), CrowdTrial(.oneHead, .opening(20_000)),
        CrowdTrial(.first, .newApplication(20_000)),
    ]

    @Test("20,000 in a minute: none refused, at most 1 % challenged", arguments: rushes)
    func rush(_ trial: CrowdTrial) {
        let tally = trial.run(seed: 14)
        #expect(tally.refused == 0)
        #expect(tally.challenged * 100 <= tally.entries, "\(trial.name)")
    }

    @Test(
        "classes of one school, and one carrier's customers: none refused, at most 1 % challenged",
        arguments: [CrowdParameters.first, .application, .oneHead])
    func shared(_ crowd: CrowdParameters) {
        let situations: [CrowdTrial.Situation] = [
            .classes(1, alone: true), .classes(5, alone: true), .classes(5, alone: false),
            .carrier(1_000),
        ]
        for situation in situations {
            let trial = CrowdTrial(crowd, situation)
            let tally = trial.run(seed: 26)
            #expect(tally.refused == 0)
            #expect(tally.challenged * 100 <= tally.entries, "\(trial.name)")
        }
    }

    @Test("a burst of one head speaks against it while the others come as they did")
    func burst() {
        let attack = SimulatedAttack(
            .scraped, .poisson, addresses: 1_000, meanSeconds: 0.5, entries: 300)
        let result = AttackTrial(attack, within: 300, crowd: .first, people: 3_000).run(
            attackers: 4, seed: 27)
        #expect(result.rules[Int(BehaviourRule.burst.rawValue)] > 0)
    }

    @Test(
        "templates are caught within 50 entries, at every pace",
        arguments: SimulatedAttack.Pacing.allCases)
    func templates(_ pacing: SimulatedAttack.Pacing) {
        for participants in [SimulatedAttack.Participants.counted, .tagged] {
            let trial = AttackTrial(
                SimulatedAttack(participants, pacing), within: 50, crowd: .first, people: 1_000)
            let result = trial.run(attackers: 5, seed: 15)
            #expect(result.caught == 5, "\(trial.name)")
            #expect(result.peopleRefused == 0)
        }
    }

    @Test(
        "names from a list, from a thousand addresses, are caught within 500 entries",
        arguments: [0, 3_000], SimulatedAttack.Pacing.allCases)
    func lists(_ people: Int, _ pacing: SimulatedAttack.Pacing) {
        let trial = AttackTrial(
            SimulatedAttack(.realistic, pacing, addresses: 1_000, meanSeconds: 1, entries: 500),
            within: 500, crowd: .first, people: people)
        let result = trial.run(attackers: 4, seed: 25)
        #expect(result.caught == 4, "\(trial.name)")
        #expect(result.catchingBounds.count == 4)
    }

    @Test("the same seed gives the same figures")
    func determinism() {
        let trial = AttackTrial(
            SimulatedAttack(.realistic, .poisson, addresses: 100, entries: 200), within: 200,
            crowd: .second, people: 500)
        let one = trial.run(attackers: 2, seed: 16)
        let other = trial.run(attackers: 2, seed: 16)
        #expect(one.rules == other.rules && one.caughtAt == other.caughtAt)
    }
}
