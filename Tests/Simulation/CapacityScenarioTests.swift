import Contract
import Ledger
import Projections
import Synchronization
import Testing

@testable import Gateway

/// A machine on which an entry costs less the more of them come, because a batch has a cost of its
/// own, and on which to put an entry off costs nearly what it costs to accept one: as on a real one
/// whose worker and sequencer share a core.
@Suite("What the platform takes, known while it refuses", .serialized)
struct CapacityScenarioTests {
    private static let speed = SimulatedMachine.Speed(
        request: 200_000, accepted: 200_000, refused: 180_000, batch: 400_000, sync: 400_000,
        processorWait: 1_200_000, isOneCore: true, batchEntries: 8, refusedReads: 275)

    private static var policy: Policy {
        var policy = Policy()
        policy.targetWaitMilliseconds = 9
        return policy
    }

    /// Entries a second that the machine accepts of one operation alone, which nobody holds.
    private static let capacity = Result { () throws -> Double in
        let machine = try SimulatedMachine(speed, seed: 20, policy: policy, others: ["ete"])
        machine.add(SimulatedStream(1, .closed(people: 64, pause: 0)))
        try machine.run(seconds: 10)
        return machine.streams[0].rate(2..<10)
    }

    private func known(_ machine: SimulatedMachine) -> Int? {
        machine.gateway.shared.pressure.withLock { $0.capacities.limit?.perSecond }
    }

    @Test("two floods have their shares from the tenth second on, and the capacity is the true one")
    func twoFloods() throws {
        let capacity = try Self.capacity.get()
        let names = ["ete", "hiver", "petit"]
        let machine = try SimulatedMachine(Self.speed, seed: 21, policy: Self.policy, others: names)
        machine.add(SimulatedStream(3, .open { _ in 50 }))
        try machine.run(seconds: 5)
        machine.add(SimulatedStream(1, .closed(people: 2_000, pause: 0.05)))
        machine.add(SimulatedStream(2, .closed(people: 2_000, pause: 0.05)))
        var beats = 0
        var wrong: [String] = []
        var states: Set<OperationState> = []
        try machine.run(seconds: 60) {
            beats += 1
            for name in names.prefix(2) {
                if let operation = machine.operation(name) { states.insert(operation.state) }
            }
            let known = known(machine) ?? 0
            let share = Double(known) / capacity
            // The floods have come for seven seconds by then.
            if beats > 70, !(0.9...1.1).contains(share) {
                wrong.append("\(known) at \(machine.seconds)")
            }
        }
        print("CapacityScenarioTests: \(capacity) a second alone, known \(known(machine) ?? 0)")
        #expect(wrong.isEmpty, "\(wrong.count) of \(beats): \(wrong.first ?? "")")
        let share = (capacity - 50) / 2
        for index in 1...2 {
            let rate = machine.streams[index].rate(15..<65)
            #expect(rate >= 0.9 * share, "\(names[index - 1]): \(rate) of \(share)")
        }
        #expect(!states.contains(.suspended))
        #expect(machine.operation("petit")?.state == .open)
        #expect(machine.streams[0].acceptedShare(7..<65) >= 0.999)
        #expect(machine.streams[0].wait(15..<65, permille: 500) <= 25)
    }
}
