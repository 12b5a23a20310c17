import TestSupport
import Testing

@testable import Gateway

@Suite("Numbers found by their hash")
struct HashSlotsTests {
    private func all(_ slots: HashSlots, _ hash: UInt64) -> [UInt32] {
        var position = slots.start(of: hash)
        var found: [UInt32] = []
        while let number = slots.next(hash, from: &position) { found.append(number) }
        return found
    }

    @Test("what was inserted is found, and nothing else, whatever collides")
    func model() {
        var random = SeededGenerator.printed()
        // Masks that make many hashes share their low bits, their high bits, or everything.
        for mask in [UInt64.max, 0xFFFF_FFFF_0000_0000, 0x7, 0xF000_0000_0000_0001] {
            var slots = HashSlots()
            var model: [UInt64: [UInt32]] = [:]
            for number in 0..<UInt32(600) {
                let hash = UInt64.random(in: .min ... .max, using: &random) & mask
                slots.insert(number, hash: hash)
                model[hash, default: []].append(number)
            }
            for (hash, numbers) in model { #expect(all(slots, hash).sorted() == numbers) }
            for _ in 0..<200 {
                let hash = UInt64.random(in: .min ... .max, using: &random)
                #expect(all(slots, hash).sorted() == model[hash, default: []])
            }
        }
    }

    @Test("an empty one finds nothing")
    func empty() {
        #expect(all(HashSlots(), 0).isEmpty)
        #expect(all(HashSlots(), .max).isEmpty)
    }
}
