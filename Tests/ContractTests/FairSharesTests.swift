import TestSupport
import Testing

@testable import Contract

@Suite("Max-min fair shares")
struct FairSharesTests {
    private func divide(_ total: Int, _ claims: [(Int, UInt32)]) -> [Int] {
        FairShares.divide(
            total, among: claims.map { FairShares.Claim(demand: $0.0, weight: $0.1) })
    }

    @Test("whoever wants less gets it, and the rest is divided by weight")
    func examples() {
        #expect(divide(100, [(50, 1), (60, 1)]) == [50, 50])
        #expect(divide(100, [(10, 1), (60, 1), (90, 1)]) == [10, 45, 45])
        #expect(divide(100, [(100, 3), (100, 1)]) == [75, 25])
        #expect(divide(100, [(10, 3), (100, 1)]) == [10, 90])
        #expect(divide(1_000, [(10, 3), (100, 1)]) == [10, 100])
        #expect(divide(0, [(10, 1)]) == [0])
        #expect(divide(-5, [(10, 1), (0, 1)]) == [0, 0])
        #expect(divide(100, []).isEmpty)
        #expect(divide(100, [(.max, 0), (.max, 0)]) == [50, 50])
        #expect(divide(.max, [(.max, .max), (.max, .max)]) == [500_000_000, 500_000_000])
    }

    @Test(
        "no share is above its demand, all together fit, and none could be larger",
        arguments: 0..<200 as Range<UInt64>)
    func property(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let claims = (0..<1 + Int(random.next() % 8)).map { _ in
            FairShares.Claim(
                demand: Int(random.next() % 10_000), weight: UInt32(random.next() % 200_000 + 1))
        }
        let total = Int(random.next() % 20_000)
        let shares = FairShares.divide(total, among: claims)
        #expect(shares.reduce(0, +) <= total)
        for (share, claim) in zip(shares, claims) { #expect(share <= claim.demand) }
        let wanting = zip(shares, claims).filter { $0.0 < $0.1.demand }
        if !wanting.isEmpty {
            #expect(shares.reduce(0, +) > total - claims.count, "but for rounding it is all given")
        }
        // One that wants more has as much for its weight as any other, but for rounding.
        for (share, claim) in wanting {
            for (other, otherClaim) in zip(shares, claims) {
                let fair = Double(share + 1) / Double(claim.weight)
                #expect(Double(other) / Double(otherClaim.weight) <= fair * 1.000_001)
            }
        }
    }
}
