import ClusterTesting
import Testing

@Suite("A vault whose owners end and change, over an engine that fails")
struct KeyScenarioTests {
    @Test("nothing forgotten opens, nothing else is lost, no leaf is given twice")
    func holdsForManySeeds() throws {
        var counts: [String: Int] = [:]
        for seed in 0..<400 {
            var scenario = try KeyScenario(seed: UInt64(seed))
            let violations = try scenario.run()
            #expect(violations.isEmpty, "seed \(seed)")
            counts.merge(scenario.counts, uniquingKeysWith: +)
        }
        // A scenario in which nothing happens would hold as well.
        for what in ["opened", "acts", "forgotten", "destroyed", "unknown", "fenced"] {
            #expect((counts[what] ?? 0) > 100, "\(counts)")
        }
        #expect((counts["overtaken"] ?? 0) >= 0)
        print("400 seeds: \(counts)")
    }

    @Test(
        "a compare that is left out is found within 500 seeds",
        arguments: [SeededEngine.Flaws.noOwnerCompare, .noTurnCompare, .noCompaction])
    func findsFlaws(_ flaw: SeededEngine.Flaws) throws {
        let found = try (0..<500).first { seed in
            var scenario = try KeyScenario(seed: UInt64(seed), flaws: flaw)
            return try !scenario.run().isEmpty
        }
        #expect(found != nil)
    }
}
