import Bytes
import ClusterTesting
import Log
import Testing
import Vault

@testable import Cluster

@Suite("Keys beside the log of a cluster")
struct ClusterKeysTests {
    /// Revisions that a member was asked to compact to.
    private final class Asked {
        var revisions: [Int64] = []
    }

    /// An engine whose first compactions are begun, and not answered.
    private struct SlowCompaction: ReplicatedValues {
        var log: SeededLog
        let asked: Asked
        let unanswered: Int

        mutating func change(
            _ changes: [(key: String, value: [UInt8]?)], turn: ValueTurn, as me: LogOwner?
        ) throws(ReplicatedLogError) -> ChangeOutcome {
            try log.change(changes, turn: turn, as: me)
        }

        mutating func get(_ key: String) throws(ReplicatedLogError) -> [UInt8]? {
            try log.get(key)
        }

        mutating func list(
            _ prefix: String, after key: String?, withValues: Bool,
            _ body: (_ key: String, _ value: RawSpan) -> Void
        ) throws(ReplicatedLogError) -> Bool {
            try log.list(prefix, after: key, withValues: withValues, body)
        }

        mutating func compact(to revision: Int64, waits: Bool) throws(ReplicatedLogError) {
            asked.revisions.append(revision)
            if asked.revisions.count <= unanswered { throw .unknown("no answer in time") }
            try log.compact(to: revision, waits: waits)
        }
    }

    @Test("a removal that was begun and not answered is waited for behind another revision")
    func waitsForALaterOne() throws {
        let (engine, asked) = (SeededEngine(seed: 1), Asked())
        let me = try LogContract.owner("a", 1)
        var way = SeededLog(engine)
        let isMine = try way.begin(LogBeginning(.beginning), as: me)
        try #require(isMine)
        let keys = ClusterKeys(
            SlowCompaction(log: way, asked: asked, unanswered: 2), as: .owner(me))
        try keys.begin()
        try keys.change([("k", [1, 2, 3])])
        try keys.change([("k", nil)])
        try keys.compact(waits: true)
        // One that was asked for before says only that it was.
        #expect(asked.revisions.count == 3)
        #expect(Set(asked.revisions).count == 3 && asked.revisions == asked.revisions.sorted())
        #expect(!engine.readable.contains { $0.value == [1, 2, 3] })
    }
}
