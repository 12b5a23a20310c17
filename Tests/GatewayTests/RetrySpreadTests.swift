import Testing

@testable import Gateway

@Suite("When refused clients come back")
struct RetrySpreadTests {
    @Test(
        "a pause is spread over half of it, at least four seconds, at most five minutes",
        arguments: [
            (0, 4_000), (1_000, 4_000), (5_000, 4_000), (60_000, 30_000), (300_000, 150_000),
            (3_600_000, 300_000),
        ] as [(Int64, Int64)])
    func pauses(pause: Int64, stretch: Int64) {
        var spread = RetrySpread(seed: 1)
        check(pause, stretch) { spread.milliseconds(after: pause) }
    }

    @Test(
        "a wait until a known time is spread over an eighth of it, at least a second",
        arguments: [
            (-5_000, 1_000), (0, 1_000), (6_000, 1_000), (80_000, 10_000), (900_000, 112_500),
            (.max / 2, 300_000),
        ] as [(Int64, Int64)])
    func waits(wait: Int64, stretch: Int64) {
        var spread = RetrySpread(seed: 1)
        check(max(wait, 0), stretch) { spread.milliseconds(until: wait) }
    }

    private func check(_ least: Int64, _ stretch: Int64, _ draw: () -> UInt64) {
        let drawn = (0..<2_000).map { _ in Int64(draw()) }
        #expect(drawn.allSatisfy { (least...(least + stretch)).contains($0) })
        // All of the stretch, not a part of it.
        #expect(drawn.contains { $0 < least + stretch / 20 })
        #expect(drawn.contains { $0 > least + stretch * 19 / 20 })
    }
}
