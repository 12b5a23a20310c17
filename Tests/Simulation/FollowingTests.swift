import Foundation
import Testing

@Suite("A node that follows a simulated gateway")
struct FollowingTests {
    @Test("sees what its leader sees, behind each of its turns, and can take its office")
    func equalsItsLeader() throws {
        let environment = ProcessInfo.processInfo.environment
        let first =
            environment["PORTILLON_FIRST_SEED"].flatMap(UInt64.init)
            ?? UInt64.random(in: 1..<1_000_000)
        print("following: seeds from \(first)")
        var occurrences: [String: Int] = [:]
        for seed in first..<(first + 8) {
            let run = try Simulation(seed: seed, isFollowed: true).run(episodes: 6)
            occurrences.merge(run.occurrences, uniquingKeysWith: +)
        }
        for name in ["batch followed", "event followed", "office taken by a follower"] {
            #expect(occurrences[name, default: 0] > 0, "\(name): \(occurrences)")
        }
    }
}
