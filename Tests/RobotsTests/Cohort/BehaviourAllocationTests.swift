import AllocationCounter
import RobotsCrowd
import Testing
import Time

@testable import Robots

@Suite(
    "Noting an entry allocates nothing", .serialized,
    .enabled(if: allocation_counter_counts(), "sanitizers have a malloc of their own"))
struct BehaviourAllocationTests {
    @Test(
        "a thousand entries, people and attackers",
        .disabled(
            if: _isDebugAssertConfiguration(),
            "without optimisation, Swift allocates for closures: loadtests/trials runs it"))
    func entries() {
        var crowd = SimulatedCrowd(.first, seed: 17)
        crowd.addPeople(1_000, seconds: 600)
        let attack = SimulatedAttack(.counted, .fixed, entries: 200)
        let all = crowd.entries + attack.entries(attacker: 0, crowd: .first, start: 0, seed: 18)
        var detector = BehaviourDetector(seed: 19)
        var sum: Int32 = 0
        _ = detector.observe(all[0].traits, at: Timestamp(milliseconds: 1))
        let before = allocation_counter_of_this_thread()
        for entry in all {
            sum &+=
                detector.observe(entry.traits, at: Timestamp(milliseconds: entry.milliseconds))
                .weight
        }
        #expect(allocation_counter_of_this_thread() == before)
        #expect(sum != 0)
    }
}
