import Bytes
import Cluster
import ClusterTesting
import Log
import Testing
import Time

@Suite("Which nodes there are")
struct MemberListTests {
    private let engine = SeededEngine(seed: 1)
    private let owner: LogOwner
    /// Whoever was heard was heard just now, however long the machine stands still.
    private let status = ClusterStatus(node: "a", clock: SteppedClock())

    init() throws {
        owner = try LogContract.owner("a", 1)
        var way = SeededLog(engine)
        let isMine = try way.begin(LogBeginning(.beginning), as: owner)
        try #require(isMine)
        let names = Array("a,b,c".utf8)
        try way.put("members", bytes: names)
    }

    /// A keeper that has learnt of all nodes.
    private func startedKeeper() throws -> OfficeKeeper {
        let keeper = OfficeKeeper(owner, status)
        try keeper.start(
            { [engine] in SeededLog(engine) }, report: { _ in }, onDeposed: { _ in })
        let limit = Waiting(seconds: 60)
        while status.members.count < 3, !limit.isOver { Waiting(seconds: 0.01).pass() }
        #expect(Set(status.members.map(\.node)) == ["a", "b", "c"])
        return keeper
    }

    private func forget(
        _ node: String, _ keeper: OfficeKeeper
    ) throws -> OfficeKeeper.Forgetting {
        var way = SeededLog(engine)
        // All are learnt, and a moment later that is said.
        let limit = Waiting(seconds: 60)
        while true {
            let outcome = try keeper.forget(node, &way)
            if outcome != .tooEarly || limit.isOver { return outcome }
        }
    }

    private func stored() throws -> String? {
        var way = SeededLog(engine)
        return try way.get("members").map { String(decoding: $0, as: UTF8.self) }
    }

    @Test("one that is silent is forgotten for good; one that is heard, or this one, is not")
    func forgets() throws {
        let keeper = try startedKeeper()
        defer { keeper.stop() }
        status.note(ClusterMember(node: "b", position: 5, clockOffset: 0))
        guard case .isHeard = try forget("b", keeper) else {
            Issue.record("a node that lives was forgotten")
            return
        }
        #expect(try forget("a", keeper) == .isHeard(0))
        #expect(try forget("x", keeper) == .unknown)
        #expect(try forget("c", keeper) == .done)
        #expect(try forget("c", keeper) == .unknown)
        #expect(try stored() == "a,b")
        #expect(status.members.map(\.node).sorted() == ["a", "b"])
    }

    @Test("a deposed leader forgets nobody")
    func isDeposed() throws {
        let keeper = try startedKeeper()
        defer { keeper.stop() }
        var way = SeededLog(engine)
        let isTaken = try way.claim(LogContract.owner("b", 2), after: owner)
        #expect(isTaken)
        #expect(try forget("c", keeper) == .deposed)
        #expect(try stored() == "a,b,c")
    }

    @Test("where too few nodes are known to trim anything, that is said once")
    func saysOnce() throws {
        let clock = SteppedClock()
        let alone = ClusterStatus(
            node: "a", clock: clock, trimming: LogTrimming(keptBytes: 4_096))
        alone.expectedNodes = 3
        for number in 0..<10 { alone.mark(first: UInt64(1 + number * 10), bytes: 1_024) }
        alone.position = 101
        let engine = SeededEngine(seed: 2)
        var way = SeededLog(engine)
        let isMine = try way.begin(LogBeginning(.beginning), as: owner)
        try #require(isMine)
        let next = try LogContract.owner("b", 2)
        var said: [String] = []
        var passes = 0
        OfficeKeeper(owner, alone).keep(
            &way, report: { said.append($0) }, onDeposed: { #expect($0 == next) },
            pass: { _ in
                clock.advance(milliseconds: 6_000)
                passes += 1
                guard passes == 5 else { return }
                var other = SeededLog(engine)
                #expect(throws: Never.self) { try other.claim(next, after: owner) }
            })
        #expect(said.count == 1)
        #expect(said.first?.hasPrefix("1 of 3 nodes are known") == true)
        #expect(engine.trims == 0)
    }
}
