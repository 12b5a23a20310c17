import Testing

@testable import Robots

@Suite("How much work a challenge is")
struct ChallengeDifficultyTests {
    @Test("each level is four times the one before it, and none is done at once")
    func levels() {
        let difficulty = ChallengeDifficulty(cost: 1_000, counters: 1_000)
        #expect(difficulty.counters(of: .usual) == 200...1_000)
        #expect(difficulty.counters(of: .raised) == 800...4_000)
        #expect(difficulty.counters(of: .high) == 3_200...16_000)
    }

    @Test("counters are drawn from the whole range and from nowhere else")
    func drawing() {
        let difficulty = ChallengeDifficulty(cost: 1, counters: 10)
        var drawn: Set<UInt32> = []
        for step in UInt64(0)..<1_000 {
            drawn.insert(difficulty.counter(of: .usual, random: step * (.max / 999)))
        }
        #expect(drawn == Set(2...10))
        #expect(difficulty.counter(of: .usual, random: 0) == 2)
        #expect(difficulty.counter(of: .usual, random: .max) == 10)
        let widest = ChallengeDifficulty(cost: 1, counters: 1_000_000)
        #expect(widest.counter(of: .high, random: .max) == 16_000_000)
        let least = ChallengeDifficulty(cost: 1, counters: 1)
        #expect(least.counters(of: .usual) == 0...1)
    }
}
