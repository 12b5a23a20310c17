import Testing

@testable import Gateway

@Suite("Freed memory goes back to the kernel where there is much of it, and not often")
struct MemoryReturnTests {
    @Test("when much less is held than was, ten seconds apart")
    func due() {
        let much = MemoryReturn.leastBytes
        let steps: [(held: Int, second: UInt64, isDue: Bool)] = [
            (0, 1, false), (4 * much, 1, false), (3 * much + 1, 1, false), (3 * much, 1, true),
            // Nothing more was freed; then it is too soon.
            (3 * much, 2, false), (0, 10, false), (0, 11, true), (0, 60, false),
        ]
        var memory = MemoryReturn()
        for step in steps {
            let isDue = memory.isDue(held: step.held, at: step.second * 1_000_000_000)
            #expect(isDue == step.isDue, "\(step)")
        }
    }
}
