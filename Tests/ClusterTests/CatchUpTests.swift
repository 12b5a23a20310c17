import Bytes
import Cluster
import ClusterTesting
import Log
import Sockets
import Testing
import Time

@Suite("A node whose journal the log has left behind catches up from other nodes' journals")
struct CatchUpTests {
    private static let leader = "127.0.0.1:1"
    private static let other = "127.0.0.1:2"
    /// A moment passes with each turn, so that whoever waits for a round or a second gets there.
    private let clock = SteppedClock()
    private let source = ScriptedSource()

    private final class Notes {
        var texts: [String] = []

        func holds(_ text: String) -> Bool { texts.contains { $0.contains(text) } }
    }

    private let notes = Notes()

    /// A log that a leader has written and trimmed, and its whole history.
    private struct Led {
        let engine: SeededEngine
        let end: LogPosition
        /// By the number of the first record.
        let batches: [[UInt8]]

        /// What a node with all of it answers.
        func honest(_ request: BatchRequest) -> ScriptedSource.Answer {
            let range = Int(request.first - 1)..<min(Int(request.below - 1), batches.count)
            return ScriptedSource.Answer(
                batches: range.isEmpty ? [] : Array(batches[range]),
                ending: BatchesEnd(.sent, record: UInt64(range.upperBound + 1)))
        }
    }

    /// - Parameters:
    ///   - own: records that the leader had alone: the log begins behind them.
    ///   - trimmed: the first record that the log has; 0 where none was trimmed.
    private func led(_ count: Int, after own: Int = 0, trimmed: UInt64 = 0) throws -> Led {
        let engine = SeededEngine(seed: 1)
        let owner = try #require(LogOwner(node: "a", term: 1, address: Self.leader))
        let memory = try MemoryStore()
        var log = try Log.open(memory, at: Timestamp(milliseconds: 1)) { _ in }
        try ServingNode.commit(own, bytes: 90, to: &log)
        var way = SeededLog(engine)
        #expect(try way.begin(LogBeginning(log.durableEnd), as: owner))
        log.wrapStore { ClusterStore($0, SeededLog(engine), as: owner, ClusterStatus(node: "a")) }
        try ServingNode.commit(count, bytes: 90, to: &log)
        if trimmed > 0 { try way.trim(below: trimmed) }
        var batches: [[UInt8]] = []
        _ = try Log.open(memory, at: Timestamp(milliseconds: 2)) { batches.append($0.bytes.array) }
        return Led(engine: engine, end: log.durableEnd, batches: batches)
    }

    private func makeStatus() -> ClusterStatus {
        ClusterStatus(node: "b", clock: clock, address: "127.0.0.1:3")
    }

    /// Another node, as the leader tells of it.
    private func tellOfOther(_ status: ClusterStatus) {
        status.set([
            ClusterMember(node: "a", position: 9, clockOffset: 0, address: Self.leader),
            ClusterMember(node: "c", position: 9, clockOffset: 0, address: Self.other),
        ])
    }

    /// Turns a follower until its journal is at the log's end.
    /// - Parameter meanwhile: called before each turn.
    private func follow(
        _ log: inout Log, _ engine: SeededEngine, _ status: ClusterStatus,
        meanwhile: (Int) -> Void = { _ in }
    ) throws(FollowerFailure) -> Bool {
        var follower = Follower(
            SeededLog(engine), status, after: log.recovery, address: "127.0.0.1:3",
            over: LinkClient(.none, meanwhile: {}), fetchingFrom: source,
            report: { [notes] in notes.texts.append($0) }, beat: {})
        // The leader's link is refused: with all of the log, this node takes over.
        for turn in 0..<400 {
            meanwhile(turn)
            clock.advance(milliseconds: 100)
            let office = try follower.turn(waking: nil) { bytes throws(LogError) in
                try log.follow(bytes) { _ in }
                return log.durableEnd
            }
            if office != nil { return true }
        }
        return false
    }

    private func emptyLog() throws -> Log {
        try Log.open(try MemoryStore(), at: Timestamp(milliseconds: 1)) { _ in }
    }

    @Test("a new node gets what was trimmed from the leader, and the rest from the log")
    func newNode() throws {
        let led = try led(30, trimmed: 21)
        source.nodes[Self.leader] = led.honest
        var log = try emptyLog()
        let status = makeStatus()
        let isThere = try follow(&log, led.engine, status)
        #expect(isThere, "\(notes.texts)")
        #expect(log.durableEnd == led.end)
        #expect(source.asked.map(\.request) == [BatchRequest(first: 1, below: 21)])
        #expect(status.fetchedRecords == 20)
        #expect(!source.isOpen)
        #expect(notes.holds("fetching records 1 to 20 from node a"))
        #expect(notes.holds("records 1 to 20 came from node a"))
    }

    @Test("while it fetches it says that it catches up, and it does not stand")
    func saysSo() throws {
        let led = try led(30, trimmed: 21)
        var log = try emptyLog()
        let status = makeStatus()
        // Nobody has it for a while: the leader has ended, and nobody takes its office.
        let isThere = try follow(&log, led.engine, status) { turn in
            if turn == 20 { source.nodes[Self.leader] = led.honest }
            guard turn > 0, turn <= 20 else { return }
            #expect(status.state == .catchingUp && status.office == 0, "turn \(turn)")
        }
        #expect(isThere && log.durableEnd == led.end)
        #expect(notes.holds("it takes no link"))
    }

    @Test("a node that was away goes on behind its journal; so does one whose log began later")
    func behind() throws {
        for (own, trimmed) in [(0, 21), (12, 0), (12, 25)] as [(Int, UInt64)] {
            let led = try led(30 - own, after: own, trimmed: trimmed)
            source.nodes[Self.leader] = led.honest
            var log = try emptyLog()
            for bytes in led.batches.prefix(7) {
                unsafe try log.follow(bytes.span.bytes) { _ in }
            }
            let isThere = try follow(&log, led.engine, makeStatus())
            #expect(isThere && log.durableEnd == led.end, "\(notes.texts)")
            let below = max(trimmed, UInt64(own + 1))
            #expect(source.asked.last?.request == BatchRequest(first: 8, below: below))
        }
    }

    @Test("what is trimmed meanwhile is fetched as well")
    func trimmedMeanwhile() throws {
        let led = try led(40, trimmed: 11)
        source.nodes[Self.leader] = { request in
            if request.below == 11 {
                var way = SeededLog(led.engine)
                // The node would be asked again, and does not come so far by the log.
                #expect(throws: Never.self) { try way.trim(below: 31) }
            }
            return led.honest(request)
        }
        var log = try emptyLog()
        let isThere = try follow(&log, led.engine, makeStatus())
        #expect(isThere && log.durableEnd == led.end)
        #expect(source.asked.map(\.request.below) == [11, 31])
    }

    @Test("a link that dies in the middle: it goes on where it was, with whoever is there")
    func linkDies() throws {
        let led = try led(30, trimmed: 21)
        var deaths = 0
        source.nodes[Self.leader] = { request in
            var answer = led.honest(request)
            if deaths < 3 {
                deaths += 1
                answer.batches = Array(answer.batches.prefix(5))
                answer.ending = nil
            }
            return answer
        }
        var log = try emptyLog()
        let isThere = try follow(&log, led.engine, makeStatus())
        #expect(isThere && log.durableEnd == led.end, "\(notes.texts)")
        #expect(source.asked.map(\.request.first) == [1, 6, 11, 16])
        #expect(notes.holds("the link broke"))
    }

    @Test("a batch that was altered is refused by the chain, and another node is asked")
    func liar() throws {
        let led = try led(30, trimmed: 21)
        source.nodes[Self.leader] = { request in
            var answer = led.honest(request)
            if answer.batches.count > 4 { answer.batches[4][100] ^= 1 }
            return answer
        }
        source.nodes[Self.other] = led.honest
        var log = try emptyLog()
        let status = makeStatus()
        tellOfOther(status)
        let isThere = try follow(&log, led.engine, status)
        #expect(isThere && log.durableEnd == led.end, "\(notes.texts)")
        #expect(source.asked.map(\.address) == [Self.leader, Self.other])
        #expect(source.asked.last?.request.first == 5)
        #expect(log.failure == nil)
    }

    @Test("a node that has archived what is lacking is passed over; where all have, it ends")
    func archived() throws {
        let led = try led(30, trimmed: 21)
        let archived = { (_: BatchRequest) in
            ScriptedSource.Answer(ending: BatchesEnd(.archived, record: 15))
        }
        source.nodes = [Self.leader: archived, Self.other: led.honest]
        var log = try emptyLog()
        var status = makeStatus()
        tellOfOther(status)
        #expect(try follow(&log, led.engine, status) && log.durableEnd == led.end)
        source.nodes[Self.other] = archived
        log = try emptyLog()
        status = makeStatus()
        tellOfOther(status)
        let failure = refusal(&log, try self.led(30, trimmed: 21).engine, status)
        let text = try #require(failure)
        #expect(text.contains("node a: its journal begins with record 15; node c: its journal"))
        #expect(text.contains("copy those of another member"))
    }

    @Test("where batches may come over no link, it ends, and says why")
    func forbidden() throws {
        let led = try led(30, trimmed: 21)
        source.nodes[Self.leader] = led.honest
        source.forbidden = [Self.leader, Self.other]
        var log = try emptyLog()
        let status = makeStatus()
        tellOfOther(status)
        let text = try #require(refusal(&log, led.engine, status))
        #expect(text.contains("links with certificates only"))
        #expect(source.asked.isEmpty)
    }

    @Test("another log's journal is no part of this one: it ends before anything is stored")
    func foreign() throws {
        let led = try led(30, trimmed: 21)
        source.nodes[Self.leader] = led.honest
        let memory = try MemoryStore()
        var log = try Log.open(memory, at: Timestamp(milliseconds: 1)) { _ in }
        try ServingNode.commit(5, bytes: 33, to: &log)
        log = try Log.open(memory, at: Timestamp(milliseconds: 2)) { _ in }
        let end = log.durableEnd
        let text = try #require(refusal(&log, led.engine, makeStatus()))
        #expect(text.contains("not a part of the cluster's log: the batch with record 6"))
        #expect(log.durableEnd == end)
    }

    @Test("a disk that is full meanwhile: what did not fit is asked for again")
    func full() throws {
        let led = try led(30, trimmed: 21)
        source.nodes[Self.leader] = led.honest
        let memory = try MemoryStore()
        var log = try Log.open(memory, at: Timestamp(milliseconds: 1)) { _ in }
        let isThere = try follow(&log, led.engine, makeStatus()) { turn in
            memory.isFull = (2..<8).contains(turn)
        }
        #expect(isThere && log.durableEnd == led.end, "\(notes.texts)")
        #expect(notes.holds("has no room for what the cluster's log has"))
        #expect(log.failure == nil)
    }

    @Test("over real links, from the journal of a leader that lives")
    func overLinks() throws {
        let engine = SeededEngine(seed: 1)
        var end = LogPosition.beginning
        let node = try ServingNode("a") { journal in
            let owner = try #require(LogOwner(node: "a", term: 1, address: Self.leader))
            var log = try Log.open(
                directory: journal, options: ServingNode.options(),
                at: Timestamp(milliseconds: 1)
            ) { _ in }
            var way = SeededLog(engine)
            #expect(try way.begin(LogBeginning(.beginning), as: owner))
            log.wrapStore {
                ClusterStore($0, SeededLog(engine), as: owner, ClusterStatus(node: "a"))
            }
            try ServingNode.commit(80, bytes: 3_000, to: &log)
            try way.trim(below: 71)
            end = log.durableEnd
        }
        defer { node.stop() }
        node.status.office = 1
        // The one that owns the log listens where the node does.
        let owner = try #require(LogOwner(node: "a", term: 2, address: "\(node.address)"))
        var way = SeededLog(engine)
        #expect(try way.claim(owner, after: way.owner()))
        node.status.office = 2
        var log = try emptyLog()
        let status = makeStatus()
        var follower = Follower(
            SeededLog(engine), status, after: log.recovery, address: "127.0.0.1:3",
            over: LinkClient(.none, meanwhile: {}),
            fetchingFrom: BatchLink(.none, meanwhile: {}),
            report: { [notes] in notes.texts.append($0) }, beat: {})
        let limit = Waiting(seconds: 120)
        while log.durableEnd != end, !limit.isOver {
            let office = try follower.turn(waking: -1) { bytes throws(LogError) in
                try log.follow(bytes) { _ in }
                return log.durableEnd
            }
            #expect(office == nil, "the clock stands still: the leader lives")
        }
        #expect(log.durableEnd == end, "\(notes.texts)")
        #expect(status.fetchedRecords == 70)
        // It is a node like the others from here on.
        let isFollowing = try eventuallyFollows(&follower, status, &log)
        #expect(isFollowing)
        #expect(status.isPartOfLog)
        // From the leader the others learn where it is reached, should they lack something.
        let own = node.status.members.first { $0.node == "b" }
        #expect(own?.address == "127.0.0.1:3")
    }

    private func eventuallyFollows(
        _ follower: inout Follower<SeededLog, LinkClient>, _ status: ClusterStatus,
        _ log: inout Log
    ) throws -> Bool {
        let limit = Waiting(seconds: 120)
        while status.state != .following, !limit.isOver {
            _ = try follower.turn(waking: -1) { bytes throws(LogError) in
                try log.follow(bytes) { _ in }
                return log.durableEnd
            }
        }
        return status.state == .following
    }

    private func refusal(
        _ log: inout Log, _ engine: SeededEngine, _ status: ClusterStatus
    ) -> String? {
        do throws(FollowerFailure) {
            _ = try follow(&log, engine, status)
            return nil
        } catch {
            return error.description
        }
    }
}
