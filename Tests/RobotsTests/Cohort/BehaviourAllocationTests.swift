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
        // What is made once for the process, the first detector makes.
        _ = allocations(of: all)
        let (allocations, weight) = allocations(of: all)
        #expect(allocations == 0)
        #expect(weight != 0)
    }

    private func allocations(
        of entries: [SimulatedEntry]
    ) -> (allocations: UInt, weight: Int32) {
        var detector = BehaviourDetector(seed: 19)
        var weight: Int32 = 0
        let before = allocation_counter_of_this_thread()
        for entry in entries {
            weight &+=
                detector.observe(entry.traits, at: Timestamp(milliseconds: entry.milliseconds))
                .weight
        }
        return (allocation_counter_of_this_thread() - before, weight)
    }
}
