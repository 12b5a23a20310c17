import Testing

@testable import portillon_load

@Suite("People who wait their turn")
struct WaitsTests {
    /// Lets people in, in this order of their serials.
    private func disorder(_ order: [Int]) -> Double? {
        var waits = Waits()
        let notes = order.map { _ in waits.begin(at: 0, estimate: 100) }
        for serial in order { waits.end(notes[serial - 1], at: 0) }
        return waits.disorder
    }

    @Test("in order, reversed, and by hand")
    func order() {
        #expect(disorder([]) == nil)
        #expect(disorder([1]) == nil)
        #expect(disorder([1, 2, 3, 4]) == 0)
        #expect(disorder([4, 3, 2, 1]) == 1)
        #expect(disorder([2, 1, 3, 4]) == 1.0 / 6)
        #expect(disorder([3, 1, 2, 4]) == 2.0 / 6)
    }

    @Test("shuffled orders have as many inversions as counting each pair finds")
    func counting() {
        var random = SplitMix64(seed: 3)
        for count in 2..<60 {
            let order = Array(1...count).shuffled(using: &random)
            var pairs = 0
            for later in order.indices {
                pairs += order[..<later].count { $0 > order[later] }
            }
            let share = Double(pairs) / (Double(count * (count - 1)) / 2)
            #expect(abs((disorder(order) ?? -1) - share) < 1e-12)
        }
    }

    @Test("late is more than a fifth over what was told")
    func late() {
        var waits = Waits()
        for wait in [0, 100, 120, 121, 500] as [UInt64] {
            let note = waits.begin(at: 1_000, estimate: 100)
            waits.end(note, at: 1_000 + wait)
        }
        #expect(waits.count == 5)
        #expect(waits.late == 2)
    }
}
