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

    @Test("20,000 in a minute: none refused, at most 1 % challenged")
    func flash() {
        let tally = CrowdTrial(.first, .flash(20_000)).run(seed: 14)
        #expect(tally.refused == 0)
        #expect(tally.challenged * 100 <= tally.entries)
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
