import Foundation
import Testing

@Suite("Three simulated nodes")
struct ClusterSimulationTests {
    @Test("every promise holds, whatever fails and whenever")
    func seeds() throws {
        let environment = ProcessInfo.processInfo.environment
        let given = environment["PORTILLON_SEEDS"].flatMap(UInt64.init)
        let first = environment["PORTILLON_FIRST_SEED"].flatMap(UInt64.init) ?? 1
        let began = ContinuousClock.now
        // As many as 60 seconds allow, where so many are asked for.
        let limit = environment["PORTILLON_SECONDS"].flatMap(Double.init) ?? 3_600
        var (count, failed, acknowledged, milliseconds) = (UInt64(0), 0, 0, UInt64(0))
        var occurrences: [String: Int] = [:]
        for seed in first..<(first + (given ?? 50)) where failed < 5 {
            if began.duration(to: .now) > .seconds(limit) { break }
            do {
                let run = try ClusterSimulation(seed: seed).run()
                occurrences.merge(run.occurrences, uniquingKeysWith: +)
                acknowledged += run.acknowledged
                milliseconds += run.virtualMilliseconds
            } catch {
                failed += 1
                Issue.record("\(error); PORTILLON_FIRST_SEED=\(seed) PORTILLON_SEEDS=1 repeats it")
                if let violation = error as? ClusterSimulation.Violation {
                    for note in violation.notes.suffix(given == 1 ? .max : 60) {
                        print("  \(note)")
                    }
                }
            }
            count += 1
        }
        print(
            "three nodes: \(count) seeds from \(first), \(milliseconds / 1_000) virtual seconds, "
                + "\(acknowledged) acknowledged, \(began.duration(to: .now))")
        for (name, number) in occurrences.sorted(by: { $0.key < $1.key }) {
            print("  \(name): \(number)")
        }
        for name in Self.expected where given == nil && failed == 0 {
            #expect(occurrences[name, default: 0] > 0, "\(name)")
        }
    }

    /// A simulation that never comes to something does not test it.
    private static let expected = [
        "accepted", "repeated", "outcomeUnknown", "settingsMoved", "keyRevoked", "suspended",
        "handedOver",
        "cover crossed", "trim", "hand-over", "turn without an append", "altered batch",
        "fault: leaderKilled", "fault: machineLost", "fault: leaderPaused", "fault: cutFromAll",
    ]

    @Test(
        "a node that cannot lead is followed by another",
        arguments: ClusterSimulation.Hindrance.allCases)
    func hindered(_ hindrance: ClusterSimulation.Hindrance) throws {
        for seed in UInt64(1)...12 {
            let found = try ClusterSimulation(seed: seed).gap(behind: hindrance, withinSeconds: 30)
            let gap = try #require(found, "\(hindrance), seed \(seed): nobody leads")
            print("\(hindrance), seed \(seed): \(gap.milliseconds) ms")
            // Two seconds without a proof, and as long a row of looks that were answered: of those
            // one in ten is lost in a rough run, and the row begins anew.
            let limit: UInt64 = gap.isRough ? 20_000 : 3_200
            #expect(gap.milliseconds <= limit, "\(hindrance), seed \(seed)")
        }
    }

    @Test(
        "an engine whose store was full for some seconds, and has room again, loses nothing",
        arguments: [false, true])
    func fullEngine(_ endsLeader: Bool) throws {
        for seed in UInt64(1)...12 {
            let found = try ClusterSimulation(seed: seed).fillEngine(endsLeader: endsLeader)
            let gap = try #require(found, "seed \(seed): nobody is served")
            print("a full engine, leader ends \(endsLeader), seed \(seed): \(gap.milliseconds) ms")
            let limit: UInt64 = gap.isRough ? 20_000 : 3_200
            #expect(gap.milliseconds <= limit, "seed \(seed)")
        }
    }

    @Test("a seed repeats exactly")
    func repetition() throws {
        let seed = UInt64.random(in: 1..<1_000_000)
        print("three nodes, repetition: seed \(seed)")
        let first = try ClusterSimulation(seed: seed).run()
        #expect(try ClusterSimulation(seed: seed).run() == first, "seed \(seed)")
        #expect(try ClusterSimulation(seed: seed + 1).run().trace != first.trace)
    }

    @Test("each planted flaw is found within 500 seeds", arguments: ClusterFlaw.allCases)
    func flaws(_ flaw: ClusterFlaw) throws {
        for seed in [flaw.knownSeed] + Array(1...500) {
            do {
                _ = try ClusterSimulation(seed: seed, flaw: flaw).run()
            } catch {
                print("planted flaw \(flaw): \(error)")
                return
            }
        }
        Issue.record("\(flaw) is not found within 500 seeds")
    }
}
