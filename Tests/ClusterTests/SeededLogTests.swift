import Cluster
import ClusterTesting
import Log
import Testing

@Suite("A log among several nodes, in memory")
struct SeededLogTests {
    private func log() -> SeededLog { SeededLog(SeededEngine(seed: 1)) }

    @Test("a claim is won by one, and may be repeated")
    func claims() throws {
        var log = log()
        try LogContract.claims(&log)
    }

    @Test("an append is stored once, however often it is tried")
    func appends() throws {
        var log = log()
        try LogContract.appends(&log)
    }

    @Test("a deposed owner appends nothing")
    func fences() throws {
        var log = log()
        try LogContract.fences(&log)
    }

    @Test("a number that was trimmed takes no batch")
    func refusesTrimmedNumbers() throws {
        var log = log()
        try LogContract.refusesTrimmedNumbers(&log)
    }

    @Test("a store that is full refuses what writes, and goes on when somebody has made room")
    func isFull() throws {
        let engine = SeededEngine(seed: 1)
        var log = SeededLog(engine)
        let (me, other) = (try LogContract.owner("a", 1), try LogContract.owner("b", 2))
        let isBegun = try log.begin(LogBeginning(.beginning), as: me)
        try #require(isBegun)
        for first in UInt64(1)...3 {
            let outcome = try log.append(bytes: [1, 2, 3], first: first, as: me)
            #expect(outcome == .stored)
        }
        engine.quotaBytes = 100
        engine.otherBytes = 100
        var refused = 0
        func isRefused(_ call: () throws -> Void) {
            do {
                try call()
            } catch {
                if case .noSpace(let reason)? = error as? ReplicatedLogError {
                    #expect(reason.hasSuffix("space exceeded"))
                    refused += 1
                }
            }
        }
        func tryAll() {
            isRefused { _ = try log.append(bytes: [4], first: 4, as: me) }
            isRefused { _ = try log.claim(other, after: me) }
            isRefused { try log.trim(below: 2) }
            isRefused { try log.put("x", bytes: [1]) }
        }
        tryAll()
        #expect(refused == 4 && engine.isFull)
        // What writes nothing goes on.
        #expect(try log.owner() == me)
        #expect(try log.readAll(from: 1)?.count == 3)
        try log.delete("x")
        try log.compact(to: 1, waits: true)
        // There is room again, and nobody has ended the alarm.
        engine.otherBytes = 0
        tryAll()
        #expect(refused == 8)
        engine.disarm()
        #expect(try log.append(bytes: [4], first: 4, as: me) == .stored)
        #expect(try log.claim(other, after: me))
        #expect(engine.history.count == 4)
    }

    @Test("a long log is read page by page")
    func readsInPages() throws {
        var log = log()
        try LogContract.readsInPages(&log)
    }

    @Test("values are kept beside the log")
    func keepsValues() throws {
        var log = log()
        try LogContract.keepsValues(&log)
    }

    @Test("values are changed once, in turn, by the owner alone, and listed page by page")
    func changesValues() throws {
        var log = log()
        try ValuesContract.changes(&log)
        log = self.log()
        try ValuesContract.fencesChanges(&log)
        log = self.log()
        try ValuesContract.listsValues(&log)
        log = self.log()
        try ValuesContract.compacts(&log)
    }

    @Test("three nodes with lost, late and reordered calls: nothing is lost, nothing doubled")
    func holdsForManySeeds() {
        var (acknowledged, retried, claims, trims) = (0, 0, 0, 0)
        for seed in 0..<4_000 {
            var scenario = LogScenario(seed: UInt64(seed))
            let violations = scenario.run()
            #expect(violations.isEmpty, "seed \(seed)")
            acknowledged += scenario.acknowledged.count
            retried += scenario.retries
            claims += scenario.claims
            trims += scenario.trims
        }
        // A scenario in which nothing happens would hold as well.
        #expect(acknowledged > 40_000 && retried > 10_000 && claims > 4_000 && trims > 4_000)
    }

    @Test(
        "what is left out of an append is found within 500 seeds",
        arguments: [
            SeededEngine.Flaws.noOwnerCompare, .noNumberCompare, .noTrimCompare,
        ])
    func findsFlaws(_ flaw: SeededEngine.Flaws) {
        #expect(firstSeed { LogScenario(seed: $0, flaws: flaw) } != nil)
    }

    @Test("a retry with other bytes is found within 500 seeds")
    func findsOtherBytes() {
        #expect(firstSeed { LogScenario(seed: $0, retriesWithOtherBytes: true) } != nil)
    }

    private func firstSeed(_ make: (UInt64) -> LogScenario) -> UInt64? {
        (0..<500).first { seed in
            var scenario = make(seed)
            return !scenario.run().isEmpty
        }
    }
}
