import Bytes
import RobotsCrowd
import Testing
import Time

@testable import Robots

@Suite("Entries that a server sends for its visitors: neither head nor address is theirs")
struct RelayedTests {
    /// How many of these entries something speaks against, if a server sends them.
    private func suspected(of entries: [SimulatedEntry]) -> Int {
        var detector = BehaviourDetector(seed: 5)
        var suspected = 0
        for entry in entries.sorted(by: { $0.milliseconds < $1.milliseconds }) {
            var traits = EntryTraits(
                operation: entry.traits.operation, key: entry.traits.key, address: 0,
                participant: entry.traits.participant)
            traits.shape = entry.traits.shape
            traits.fields = entry.traits.fields
            traits.fieldsBytes = entry.traits.fieldsBytes
            let time = Timestamp(milliseconds: 1_795_176_000_000 + entry.milliseconds)
            if detector.observe(traits, at: time).weight > 0 { suspected += 1 }
        }
        return suspected
    }

    @Test("a crowd of people: nothing speaks against one in a hundred")
    func people() {
        var crowd = SimulatedCrowd(.first, seed: 30)
        crowd.addPeople(6_000, seconds: 900)
        #expect(suspected(of: crowd.entries) * 100 <= crowd.entries.count)
    }

    @Test("its visitors' account numbers, one after the other, are no robot's")
    func numbers() {
        var crowd = SimulatedCrowd(.first, seed: 31)
        crowd.addPeople(2_000, seconds: 900)
        var entries = crowd.entries.sorted { $0.milliseconds < $1.milliseconds }
        for index in entries.indices {
            let name = "customer-\(20_000 + index)"
            entries[index].traits.shape = name.withBytes { ParticipantShape($0) }
        }
        #expect(suspected(of: entries) * 100 <= entries.count)
    }
}
