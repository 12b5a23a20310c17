import Contract
import Ledger
import Testing
import Time

@testable import Gateway

/// Two workers, batches of a few entries, and operations that come to be held and are let go while
/// entries of them wait in both rings.
@Suite("Operations that are held and let go, in virtual time")
struct HeldOrderTests {
    private static let names = ["ete", "hiver", "menu"]

    @Test("entries of one operation are decided as they came, and all of them are")
    func order() throws {
        let first = UInt64.random(in: 0..<1 << 32)
        for seed in first..<first + 12 {
            let isInOrder = try run(seed)
            #expect(isInOrder, "seed \(seed)")
        }
    }

    @Test("it would be found if they were not")
    func planted() throws {
        let overtakes = try (0..<12 as Range<UInt64>).contains { seed in
            try !run(seed, planted: .entriesOvertake)
        }
        #expect(overtakes)
    }

    /// - Returns: whether no entry overtook another one of its operation and its loop.
    private func run(_ seed: UInt64, planted: PlantedFault? = nil) throws -> Bool {
        let random = SeededRandom(seed: seed)
        var limits = SimulatedGateway.limits
        limits.batchEntries = 2 + random.below(6)
        let gateway = try SimulatedGateway(
            disk: try SimulatedDisk(),
            clock: SimulatedClock(Timestamp(milliseconds: 1_800_000_000_000)),
            random: random, workers: 2, limits: limits, planted: planted)
        for name in Self.names { try gateway.open(name, rule: .unlimited, policy: .advise) }
        var connection: UInt32 = 0
        var crossings = 0
        for _ in 0..<200 {
            for loop in gateway.loops {
                let favourite = random.below(Self.names.count)
                for _ in 0..<random.below(17) {
                    connection += 1
                    let operation = UInt32(random.oneIn(3) ? random.below(3) : favourite)
                    let isPosted = loop.post(
                        SimulatedLoop.Entry(
                            operation: operation, key: operation, person: UInt64(random.below(50)),
                            connection: connection))
                    #expect(isPosted)
                }
            }
            if random.oneIn(5) {
                let name = random.element(Self.names)
                let isHeld = gateway.catalogue.operation(name)?.state.isHeld == true
                try gateway.decide(
                    .operation(
                        .setPace(operation: name, perSecond: isHeld ? nil : 1_000, note: nil)))
                if gateway.loops.contains(where: { $0.inFlight > 0 }) { crossings += 1 }
            }
            try gateway.step(nanoseconds: 1_000_000)
            if gateway.loops.contains(where: { $0.overtaking != nil }) { return false }
            for loop in gateway.loops { _ = loop.drainAnswers() }
        }
        #expect(crossings > 10, "seed \(seed): of operations with entries that wait")
        var turns = 0
        while gateway.loops.contains(where: { $0.inFlight > 0 }) {
            try gateway.step(nanoseconds: 1_000_000)
            turns += 1
            try #require(turns < 10_000, "seed \(seed): they starve")
        }
        return gateway.loops.allSatisfy { $0.overtaking == nil }
    }
}
