import Bytes
import Robots
import Testing

@testable import Gateway

@Suite("Challenges are made ahead")
struct ChallengePoolTests {
    private func makePool(ahead: Int, workers: Int = 2) throws -> ChallengePool {
        var limits = Limits()
        limits.challengeIterations = 1
        limits.challengesAhead = ahead
        return try ChallengePool(limits, workers: workers)
    }

    /// Takes all that are there.
    private func drain(
        _ pool: ChallengePool, _ level: ChallengeDifficulty.Level, worker: Int
    ) -> [[UInt8]] {
        var taken: [[UInt8]] = []
        while pool.pop(level, worker: worker, { taken.append($0.array) }) {}
        return taken
    }

    @Test("none before one is wanted; then so many for each worker, and no more")
    func filling() throws {
        let pool = try makePool(ahead: 9)
        #expect(!pool.makeRound())
        pool.prepare()
        var rounds = 0
        while pool.makeRound() { rounds += 1 }
        #expect(rounds == 9)
        for worker in 0..<2 {
            #expect(drain(pool, .usual, worker: worker).count == 9)
            for level in [ChallengeDifficulty.Level.raised, .high] {
                #expect(drain(pool, level, worker: worker).count == 3)
            }
        }
        #expect(pool.makeRound(), "what was taken is made again")
    }

    @Test("a quarter of them is left to entries that are challenged")
    func ahead() throws {
        let pool = try makePool(ahead: 9, workers: 1)
        pool.prepare()
        while pool.makeRound() {}
        for (isAhead, count) in [(true, 7), (false, 2)] {
            var taken = 0
            while pool.pop(.usual, worker: 0, isAhead: isAhead, { _ in taken += 1 }) {}
            #expect(taken == count, "\(isAhead)")
        }
    }

    @Test("by default a slow phone, 200,000 iterations a second, is done within 5 seconds")
    func defaults() {
        let limits = Limits()
        #expect((limits.challengeCounters + 1) * limits.challengeIterations <= 5 * 200_000)
    }

    @Test("each is another one", arguments: [1, 200])
    func distinct(ahead: Int) throws {
        let pool = try makePool(ahead: ahead)
        pool.prepare()
        var all: [[UInt8]] = []
        for _ in 0..<3 {
            while pool.makeRound() {}
            for worker in 0..<2 {
                let taken = drain(pool, .usual, worker: worker)
                #expect(taken.count == ahead)
                all += taken
            }
        }
        #expect(Set(all).count == all.count)
        #expect(Set(all.map { Array($0.prefix(32)) }).count == all.count)
    }

    @Test("its thread fills it by itself, again and again, and ends when it is told to")
    func thread() throws {
        let pool = try makePool(ahead: 4, workers: 1)
        try pool.start()
        var taken = 0
        while taken < 40 { taken += drain(pool, .usual, worker: 0).count }
        pool.stop()
    }
}
