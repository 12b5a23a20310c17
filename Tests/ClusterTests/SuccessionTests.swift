import Bytes
import Cluster
import ClusterTesting
import Log
import Sockets
import Synchronization
import TestSupport
import Testing
import Threads
import Time

@Suite("A leader's hand-over")
struct SuccessionTests {
    private func member(
        _ node: String, _ position: UInt64, silent: UInt32 = 0, clock: Int64 = 0
    ) -> ClusterMember {
        ClusterMember(
            node: node, position: position, clockOffset: clock, silentMilliseconds: silent)
    }

    @Test("the furthest of those that live, are near and have a right clock takes over")
    func chooses() {
        let all = [
            member("a", 50_000), member("b", 49_000), member("c", 49_900, clock: 20),
            member("d", 49_900), member("e", 50_000, silent: 600),
            member("f", 50_000, silent: ClusterMember.never), member("g", 30_000),
            member("h", 50_000, clock: 60_000),
        ]
        func node(_ wanted: String? = nil, without gone: Set<String> = []) -> String? {
            all.filter { !gone.contains($0.node) }
                .successor(of: "a", at: 50_000, wanted: wanted)?.node
        }
        #expect(node() == "c")
        #expect(node(without: ["c"]) == "d")
        #expect(node(without: ["c", "d"]) == "b")
        #expect(node(without: ["b", "c", "d"]) == nil)
        #expect(node("b") == "b")
        for wanted in ["a", "e", "f", "g", "h", "x"] { #expect(node(wanted) == nil, "\(wanted)") }
    }

    @Test("numbers that no node has, from whoever reaches the port, choose nobody and end nothing")
    func extremes() {
        let far = [member("a", 50_000), member("b", .max), member("c", .max - 1)]
        #expect(far.successor(of: "a", at: 50_000)?.node == "b")
        #expect(far.successor(of: "a", at: .max)?.node == "b")
        for clock in [Int64.min, .min + 1, .max] {
            let others = [member("a", 5), member("b", 5), member("c", 5, clock: clock)]
            #expect(others.successor(of: "a", at: 5, wanted: "c") == nil, "\(clock)")
            #expect(others.successor(of: "a", at: 5)?.node == "b", "\(clock)")
            #expect(![ClusterMember].isRight(clockError: clock), "\(clock)")
        }
    }

    @Test("nobody is named before all is stored; and it can be taken back")
    func phases() {
        let succession = ClusterStatus(node: "a").succession
        #expect(!succession.isBegun && succession.successor == nil)
        #expect(succession.begin(to: "b"))
        #expect(!succession.begin(to: "c"))
        #expect(succession.isBegun && succession.isPending && !succession.isSettled)
        #expect(succession.successor == nil)
        succession.settle()
        #expect(!succession.isPending && succession.isSettled && succession.successor == "b")
        succession.cancel()
        #expect(!succession.isBegun && succession.successor == nil)
        succession.settle()
        #expect(!succession.isBegun, "what nobody began does not settle")
        #expect(succession.begin(to: "c"))
    }

    @Test("the nodes are told when all is stored, once, and by whoever has stored it")
    func notice() {
        let succession = ClusterStatus(node: "a").succession
        let told = Notes()
        func begin(_ node: String) -> Bool {
            succession.begin(to: node, onSettled: { told.add(node) })
        }
        #expect(begin("b") && !begin("c"))
        #expect(told.texts.isEmpty)
        succession.settle()
        #expect(told.texts == ["b"], "it is not waited for")
        succession.settle()
        #expect(told.texts == ["b"])
        succession.cancel()
        #expect(begin("c"))
        succession.cancel()
        succession.settle()
        #expect(told.texts == ["b"], "what was taken back is not told")
    }

    @Test("for how long a node was silent is told on, and a forgotten one is no more")
    func silence() throws {
        let (leader, follower) = (ClusterStatus(node: "a"), ClusterStatus(node: "b"))
        leader.note(member("b", 7))
        leader.note(member("c", 0))
        let told = leader.members
        #expect(told.map(\.node) == ["b", "c", "a"])
        #expect(told[0].silentMilliseconds < 60_000)
        #expect(told[1].silentMilliseconds == ClusterMember.never)
        #expect(told[2].silentMilliseconds == 0)
        follower.set(told)
        let heard = try #require(follower.members.first { $0.node == "a" })
        #expect(heard.silentMilliseconds < 60_000)
        #expect(
            follower.members.first { $0.node == "c" }?.silentMilliseconds == ClusterMember.never)
        leader.forget("c")
        #expect(leader.members.map(\.node) == ["b", "a"])
    }

    /// What a follower was told, and by which thread it was.
    fileprivate final class Notes: Sendable {
        private let stored = Mutex<[String]>([])
        var texts: [String] { stored.withLock { $0 } }
        func add(_ text: String) { stored.withLock { $0.append(text) } }
    }

    @Test("a follower that is named takes over while the leader lives, and another one does not")
    func takesOver() throws {
        // Held from here on: no other process can be given its port.
        let listener = try Listener(on: try #require(SocketAddress("127.0.0.1:0")))
        let address = "127.0.0.1:\(listener.address.port)"
        let engine = SeededEngine(seed: 1)
        let owner = try #require(LogOwner(node: "a", term: 1, address: address))
        var way = SeededLog(engine)
        #expect(try way.begin(LogBeginning(.beginning), as: owner))
        let leader = ClusterStatus(node: "a", clock: SlowClock())
        leader.office = 1
        let links = try LinkServer(leader, .none)
        try links.start(listener)
        defer { links.stop() }
        let notes = Notes()
        // A node that is not named stays a follower for as long as this test goes on: its thread
        // ends with the process.
        for node in ["b", "c"] {
            _ = try SystemThread(name: node) { follow(node, engine, notes) }
        }
        let areHeard = wait { leader.members.filter { $0.silentMilliseconds < 500 }.count == 3 }
        try #require(areHeard)
        #expect(leader.succession.begin(to: "c"))
        leader.succession.settle()
        links.tell()
        let isTaken = wait { notes.texts.contains("c leads") }
        #expect(isTaken)
        #expect(try way.owner()?.node == "c")
        #expect(notes.texts.contains("c: node a yields; this node takes office in term 2"))
        leader.office = 0
        links.tell()
        let isSeen = wait {
            notes.texts.contains("b: node c owns the cluster's log, in term 2")
        }
        #expect(isSeen)
        #expect(!notes.texts.contains { $0.hasPrefix("b: node a yields") })
    }

    @Test("a leader that takes a hand-over back has not missed who took the log meanwhile")
    func seesAnOwnerAfterAll() throws {
        let engine = SeededEngine(seed: 1)
        let first = try #require(LogOwner(node: "a", term: 1, address: "-"))
        let second = try #require(LogOwner(node: "b", term: 2, address: "-"))
        var way = SeededLog(engine)
        #expect(try way.begin(LogBeginning(.beginning), as: first))
        let leader = ClusterStatus(node: "a")
        leader.office = 1
        let notes = Notes()
        let keeper = OfficeKeeper(first, leader)
        try keeper.start(
            { SeededLog(engine) }, report: { notes.add($0) },
            onDeposed: { notes.add("deposed by \($0?.node ?? "nobody")") })
        defer { keeper.stop() }
        #expect(leader.succession.begin(to: "b"))
        leader.succession.settle()
        #expect(try way.claim(second, after: first))
        // It has looked at least once.
        Waiting(seconds: 0.5).pass()
        #expect(notes.texts.isEmpty, "\(notes.texts)")
        leader.succession.cancel()
        let isSeen = wait { notes.texts == ["deposed by b"] }
        #expect(isSeen, "\(notes.texts)")
    }

    @Test("a leader says what level all nodes know, once it knows which nodes there are")
    func levels() throws {
        let engine = SeededEngine(seed: 1)
        let owner = try #require(LogOwner(node: "a", term: 1, address: "-"))
        var way = SeededLog(engine)
        #expect(try way.begin(LogBeginning(.beginning), as: owner))
        // An earlier leader knew of a node that this one has not heard.
        engine["members"] = Array("a,b".utf8)
        let leader = ClusterStatus(node: "a", level: 2)
        leader.office = 1
        let notes = Notes()
        let keeper = OfficeKeeper(owner, leader)
        try keeper.start(
            { SeededLog(engine) }, report: { _ in }, onLevel: { notes.add("\($0)") },
            onDeposed: { _ in })
        defer { keeper.stop() }
        let isUnknown = wait { !notes.texts.isEmpty }
        #expect(isUnknown && Set(notes.texts) == ["0"], "\(notes.texts)")
        leader.note(ClusterMember(node: "b", position: 1, clockOffset: 0, level: 2))
        let isKnown = wait { notes.texts.last == "2" }
        #expect(isKnown)
    }

    private func wait(until isSo: () -> Bool) -> Bool {
        let limit = Waiting(seconds: 60)
        while !isSo() {
            if limit.isOver { return false }
            Waiting(seconds: 0.005).pass()
        }
        return true
    }
}

/// A clock that is ten times as slow: a node is silent for a second of it when it has been so for
/// ten, which a machine that stands still does not make of one that lives.
private struct SlowClock: MachineClock {
    private let machine = SystemClock()

    func monotonicNanoseconds() -> UInt64 { machine.monotonicNanoseconds() / 10 }
    func elapsedNanoseconds() -> UInt64 { machine.elapsedNanoseconds() / 10 }
    func threadNanoseconds() -> UInt64 { machine.threadNanoseconds() }
    func wallClock() -> Timestamp { machine.wallClock() }
    func isSynchronized() -> Bool { true }
}

/// Follows until the node leads.
private func follow(_ node: String, _ engine: SeededEngine, _ notes: SuccessionTests.Notes) {
    do {
        var log = try Log.open(
            try MemoryStore(), at: Timestamp(milliseconds: 1)
        ) { _ in }
        var follower = Follower(
            SeededLog(engine), ClusterStatus(node: node, clock: SlowClock()), after: log.recovery,
            address: "127.0.0.1:1", over: LinkClient(.none, meanwhile: {}),
            report: { notes.add("\(node): \($0)") }, beat: {})
        _ = try follower.takeOffice { bytes throws(LogError) in
            try log.follow(bytes) { _ in }
            return log.durableEnd
        }
        notes.add("\(node) leads")
    } catch {
        notes.add("\(node) failed: \(error)")
    }
}
