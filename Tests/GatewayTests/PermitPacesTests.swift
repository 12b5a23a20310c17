import Testing

@testable import Gateway

@Suite("A permit's rate is one for all nodes of a cluster")
struct PermitPacesTests {
    @Test("a rate holds for whatever nodes send together, each permit for itself")
    func together() {
        var paces = PermitPaces()
        var passed = 0
        // Three nodes, each at the permit's whole rate, for ten seconds.
        for millisecond in 0..<10_000 as Range<UInt64> {
            for _ in 0..<3 where millisecond % 10 == 0 {
                let now = 5_000_000_000 + millisecond * 1_000_000
                if paces.countIfInPace(3, perSecond: 100, at: now) { passed += 1 }
            }
        }
        #expect((1_000...1_200).contains(passed), "\(passed)")
        let isInPace = paces.countIfInPace(4, perSecond: 1, at: 15_000_000_000)
        #expect(isInPace)
    }

    @Test("one that keeps its rate is never refused, though its entries come in batches")
    func batches() {
        var paces = PermitPaces()
        for second in 1..<60 as Range<UInt64> {
            for _ in 0..<100 {
                let isInPace = paces.countIfInPace(
                    0, perSecond: 100, at: second * 1_000_000_000)
                #expect(isInPace)
            }
        }
    }
}
