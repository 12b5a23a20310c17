import Cluster
import ClusterTesting
import Log
import Testing

/// A store without room takes no batch: what is trimmed then, no append has marked.
@Suite("A leader's trims, when the engine's store is full")
struct LogTrimTests {
    private let owner: LogOwner
    private let clock = SteppedClock()

    init() throws {
        owner = try LogContract.owner("a", 1)
    }

    private func makeStatus(keeping bytes: Int) -> ClusterStatus {
        ClusterStatus(node: "a", clock: clock, trimming: LogTrimming(keptBytes: bytes))
    }

    /// An engine with batches 1 to 20, of a thousand bytes each.
    private func fill(_ engine: SeededEngine) throws {
        var way = SeededLog(engine)
        var isMine = false
        while !isMine {
            // Lost: again.
            isMine = (try? way.begin(LogBeginning(.beginning), as: owner)) ?? false
        }
        for first in UInt64(1)...20 {
            let batch = [UInt8](repeating: UInt8(first), count: 1_000)
            let outcome = try way.appendUntilKnown(bytes: batch, first: first, as: owner) { false }
            try #require(outcome == .stored)
        }
    }

    /// Keeps the office for some trims.
    private func keep(_ engine: SeededEngine, _ status: ClusterStatus, trims: Int) {
        let keeper = OfficeKeeper(owner, status)
        var way = SeededLog(engine)
        var passes = 0
        keeper.keep(
            &way, report: { _ in }, onDeposed: { _ in Issue.record("nobody else claims") },
            pass: { _ in
                clock.advance(milliseconds: 6_000)
                passes += 1
                if passes > trims { keeper.stop() }
            })
    }

    @Test("a leader that has seen no batch trims what a majority has, by what the engine lists")
    func listsBatches() throws {
        let places: [(UInt64, UInt64)] = [(21, 16), (9, 9), (1, 0)]
        for (position, oldest) in places {
            let engine = SeededEngine(seed: 1)
            try fill(engine)
            let status = makeStatus(keeping: 4_000)
            status.engineQuota = 20_000
            status.position = 21
            status.expectedNodes = 2
            status.note(ClusterMember(node: "b", position: position, clockOffset: 0))
            keep(engine, status, trims: 1)
            var way = SeededLog(engine)
            let end = try way.read(from: 1) { _, _ in }
            let expected = oldest > 0 ? LogEnd.trimmed(oldest: oldest) : LogEnd.more
            #expect(end == expected, "\(position)")
            #expect(status.hasEngineRoom == (oldest > 4))
        }
    }

    @Test("a store with room is trimmed by marks alone")
    func hasRoom() throws {
        let engine = SeededEngine(seed: 1)
        try fill(engine)
        let status = makeStatus(keeping: 4_000)
        status.position = 21
        keep(engine, status, trims: 3)
        #expect(engine.trims == 0)
    }

    @Test("a trim that was lost is made again, though nothing is appended meanwhile")
    func isLost() throws {
        for seed in UInt64(0)..<10 {
            let engine = SeededEngine(seed: seed, faults: SeededEngine.Faults(lost: 40))
            try fill(engine)
            let status = makeStatus(keeping: 4_000)
            for first in UInt64(1)...20 { status.mark(first: first, bytes: 1_000) }
            status.position = 21
            keep(engine, status, trims: 400)
            #expect(engine.trims > 0, "seed \(seed)")
        }
    }

    @Test("a node that an earlier leader forgot does not come back with what it told before")
    func isForgotten() throws {
        let engine = SeededEngine(seed: 1)
        try fill(engine)
        engine["members"] = Array("a,b".utf8)
        let status = makeStatus(keeping: 4_000)
        status.set([
            ClusterMember(node: "b", position: 21, clockOffset: 0, silentMilliseconds: 50),
            ClusterMember(node: "c", position: 3, clockOffset: 0, silentMilliseconds: 40_000),
            ClusterMember(node: "new", position: 21, clockOffset: 0, silentMilliseconds: 50),
        ])
        keep(engine, status, trims: 1)
        #expect(status.members.map(\.node).sorted() == ["a", "b", "new"])
    }
}
