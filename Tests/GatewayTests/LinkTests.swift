import Bytes
import Cluster
import Ledger
import LockFree
import Log
import Projections
import Sockets
import TestSupport
import Testing
import Time

@testable import Gateway

/// A real sequencer at one end, a forwarder at the other, real sockets on loopback between them.
@Suite("Entries over links between nodes", .onOwnThread)
struct LinkTests {
    @Test("what a leader decides comes back to the connection that waits for it")
    func answers() throws {
        let leader = try LinkLeader()
        let follower = try LinkFollower()
        try leader.bench.start()
        follower.status.owner = leader.owner
        follower.leave(1, connection: 11)
        follower.leave(2, connection: 12)
        follower.leave(1, connection: 13)
        follower.leave(3, connection: 14, key: 99)
        let answers = follower.answers(4)
        #expect(answers.map(\.connection.place) == [11, 12, 13, 14])
        let verdicts = answers.map(\.verdict)
        let isResent = follower.bench.shared.links.read(.resent) > 0
        #expect(
            verdicts == [.accepted, .accepted, .repeated, .keyRevoked]
                || isResent && Self.areStored(answers.prefix(3)) && verdicts.last == .keyRevoked)
        #expect(answers.map(\.participant) == [1, 2, 1, 0])
        #expect(follower.bench.shared.links.read(.answered) == 4)
        let leaves = follower.bench.shared.leaves
        #expect(eventually(withinSeconds: 30) { leaves.pop(1).count == 1 }, "of the leader's")
        follower.end()
        leader.end()
    }

    @Test("many entries are each answered once, in whatever frames they go")
    func many() throws {
        var seed = SeededGenerator.printed("frames of entries")
        let leader = try LinkLeader(credit: 64)
        let follower = try LinkFollower()
        try leader.bench.start()
        follower.status.owner = leader.owner
        var places: [UInt32] = []
        var left = 1..<2_001
        while !left.isEmpty {
            let part = left.prefix(.random(in: 1...150, using: &seed))
            left = left.dropFirst(part.count)
            for person in part { follower.leave(UInt64(person), sealedBytes: person % 700) }
            let answers = follower.answers(part.count)
            #expect(Self.areStored(answers[...]))
            if follower.bench.shared.links.read(.resent) == 0 {
                #expect(answers.allSatisfy { $0.verdict == .accepted })
            }
            places += answers.map(\.connection.place)
        }
        #expect(places == (1...2_000).map { UInt32($0) })
        #expect(leader.bench.shared.board.counts(of: 0).participants == 2_000)
        #expect(follower.bench.shared.links.read(.forwarded) == 2_000)
        follower.end()
        leader.end()
    }

    @Test("no more is on its way than the leader gave credit for; the rest waits in the rings")
    func credit() throws {
        let leader = try LinkLeader(credit: 16)
        let follower = try LinkFollower()
        follower.status.owner = leader.owner
        for person in 0..<100 { follower.leave(UInt64(person)) }
        #expect(leader.hasTaken(16))
        #expect(follower.bench.shared.lanes[0].hasEntries)
        follower.leave(100)
        let isTakenBeyond = eventually(withinSeconds: 0.3) {
            let taken = leader.bench.shared.links.read(.taken)
            // Those that were sent again over another link, the first one's silence being too long.
            return taken > 16 + follower.bench.shared.links.read(.resent)
        }
        #expect(!isTakenBeyond)
        try leader.bench.start()
        let answers = follower.answers(101)
        #expect(answers.map(\.connection.place) == (0..<101).map { UInt32($0) })
        #expect(Self.areStored(answers[...]))
        #expect(leader.bench.shared.board.counts(of: 0).participants == 101)
        follower.end()
        leader.end()
    }

    @Test("a leader ends: what counts once goes to the next one, of the rest nobody knows")
    func leaderChanges() throws {
        let first = try LinkLeader()
        let follower = try LinkFollower()
        follower.status.owner = first.owner
        for person in 1...15 { follower.leave(UInt64(person), mayRepeat: person > 5) }
        #expect(first.hasTaken(15))
        first.end()
        let unknown = follower.answers(5)
        #expect(unknown.map(\.connection.place) == (1...5).map { UInt32($0) })
        #expect(unknown.allSatisfy { $0.verdict == .outcomeUnknown })
        // Not decided by anybody yet: simply sent later.
        follower.leave(16, mayRepeat: false)
        let second = try LinkLeader(term: 2)
        try second.bench.start()
        follower.status.owner = second.owner
        let answers = follower.answers(11)
        #expect(answers.map(\.connection.place) == (6...16).map { UInt32($0) })
        #expect(Self.areStored(answers[...]))
        #expect(second.bench.shared.board.counts(of: 0).participants == 11)
        // More where a link was lost for a silence.
        #expect(follower.bench.shared.links.read(.resent) >= 10)
        #expect(follower.bench.shared.lanes[0].answers.isEmpty)
        follower.end()
        second.end()
    }

    @Test("a leader hands over: what it did not decide goes to the next one, whatever its rule")
    func leaderHandsOver() throws {
        // Where a thread of the links stands still for a second, the link is lost before that, and
        // of what may count twice nobody knows: once more, with other nodes.
        #expect(try (0..<5).contains { _ in try Self.entriesOutliveHandOver() })
    }

    /// - Returns: whether the outcome of each is known.
    private static func entriesOutliveHandOver() throws -> Bool {
        let first = try LinkLeader()
        let follower = try LinkFollower()
        follower.status.owner = first.owner
        for person in 1...15 { follower.leave(UInt64(person), mayRepeat: person > 5) }
        #expect(first.hasTaken(15))
        // Said by the follower's own thread, so perhaps not yet: else the end would not be seen.
        #expect(eventually(withinSeconds: 30) { follower.status.isForwarding })
        let status = try #require(first.bench.shared.cluster)
        #expect(status.succession.begin(to: "c"))
        try first.bench.start()
        #expect(eventually(withinSeconds: 30) { !follower.status.isForwarding })
        let second = try LinkLeader(term: 2)
        try second.bench.start()
        follower.status.owner = second.owner
        let answers = follower.answers(15)
        let areKnown = follower.bench.shared.links.read(.unknown) == 0
        if areKnown {
            #expect(answers.map(\.connection.place) == (1...15).map { UInt32($0) })
            #expect(areStored(answers[...]))
            #expect(second.bench.shared.board.counts(of: 0).participants == 15)
        }
        #expect(first.bench.shared.board.counts(of: 0).participants == 0)
        follower.end()
        first.end()
        second.end()
        return areKnown
    }

    @Test("what a leader that died may have stays unknown, though the next one did not decide it")
    func diesThenHandsOver() throws {
        let first = try LinkLeader()
        // Long enough for two leaders to have the entry, however busy the machine.
        let follower = try LinkFollower { $0.answerSeconds = 20 }
        follower.status.owner = first.owner
        follower.leave(1)
        #expect(first.hasTaken(1))
        first.end()
        let second = try LinkLeader(term: 2)
        follower.status.owner = second.owner
        #expect(second.hasTaken(1))
        let status = try #require(second.bench.shared.cluster)
        #expect(status.succession.begin(to: "c"))
        try second.bench.start()
        #expect(follower.answers(1).map(\.verdict) == [.outcomeUnknown])
        follower.end()
        second.end()
    }

    @Test("a link is cut: the same leader is asked again, and nothing is counted twice")
    func linkIsCut() throws {
        let leader = try LinkLeader()
        let follower = try LinkFollower()
        follower.status.owner = leader.owner
        for person in 1...50 { follower.leave(UInt64(person)) }
        #expect(leader.hasTaken(50))
        // Said by the follower's own thread, so perhaps not yet: else the cut would not be seen.
        #expect(eventually(withinSeconds: 30) { follower.status.isForwarding })
        // The first link's lane still has them when the second one brings them again.
        follower.status.owner = nil
        #expect(eventually(withinSeconds: 30) { !follower.status.isForwarding })
        follower.status.owner = leader.owner
        #expect(leader.hasTaken(100))
        try leader.bench.start()
        let answers = follower.answers(50)
        #expect(answers.map(\.connection.place) == (1...50).map { UInt32($0) })
        #expect(Set(answers.map(\.participant)) == Set(1...50))
        #expect(leader.bench.shared.board.counts(of: 0).participants == 50)
        follower.end()
        leader.end()
    }

    @Test("a leader that hands over gives no link credit, until it goes on")
    func noCreditInHandOver() throws {
        let leader = try LinkLeader()
        let status = try #require(leader.bench.shared.cluster)
        #expect(status.succession.begin(to: "c"))
        let follower = try LinkFollower()
        follower.status.owner = leader.owner
        follower.leave(1)
        #expect(!leader.hasTaken(1, withinSeconds: 0.4))
        status.succession.cancel()
        #expect(leader.hasTaken(1))
        follower.end()
        leader.end()
    }

    @Test("answers that no worker takes any more are waited for by nobody")
    func nobodyReads() throws {
        let bench = try Bench(try Bench.opened(), cluster: ClusterStatus(node: "b"))
        let lane = bench.shared.lanes[0]
        while lane.answers.push(
            AnswerEnvelope(
                connection: EventToken(place: 1, generation: 1), operation: 0, verdict: .full,
                isTest: false))
        {}
        var record = ByteBuffer(capacity: 1 << 10)
        record.append(LinkFollower.envelope(1))
        let isTaken = lane.commands.push(record.bytes)
        #expect(isTaken)
        var forwarder = EntryForwarder(
            bench.shared.workerLanes, entries: 16, bytes: 1 << 20, patienceSeconds: 1,
            bench.shared.links, bench.shared.instruments, isRead: { false })
        forwarder.expire(at: .max)
        #expect(lane.commands.isEmpty)
        bench.stop()
    }

    @Test(
        "who is handed an entry: the thread that forwards, and with the office the one that decides"
    )
    func whoDecides() {
        let status = ClusterStatus(node: "b")
        #expect(!status.decides)
        status.office = 2
        #expect(status.decides, "it may have claimed this very moment")
        status.state = .handingOver
        status.office = 0
        #expect(status.decides, "what comes is refused by it")
    }

    @Test("a node that takes office decides itself what it had sent, and what its rings hold")
    func takesOffice() throws {
        let leader = try LinkLeader(credit: 6)
        let follower = try LinkFollower()
        follower.status.owner = leader.owner
        for person in 1...8 { follower.leave(UInt64(person), mayRepeat: person > 2) }
        #expect(leader.hasTaken(6))
        var sequencer = follower.bench.takeSequencer()
        sequencer.kept = follower.forwarding.giveUpLanes()
        let again = follower.forwarding.giveUpLanes() != nil
        #expect(!again, "given up once")
        // What was sent, in a turn of its own; then what the rings hold.
        try sequencer.turn()
        try sequencer.turn()
        let answers = follower.answers(8)
        #expect(answers.map(\.connection.place) == (1...8).map { UInt32($0) })
        #expect(answers.prefix(2).allSatisfy { $0.verdict == .outcomeUnknown })
        #expect(answers.dropFirst(2).allSatisfy { $0.verdict == .accepted })
        let hasWork = sequencer.hasWork
        #expect(!hasWork)
        follower.end()
        leader.end()
    }

    @Test("an entry that was judged by other settings than those in force is to come again")
    func staleSettings() throws {
        let leader = try LinkLeader()
        let follower = try LinkFollower()
        try leader.bench.start()
        follower.status.owner = leader.owner
        let settings = follower.bench.shared.projected.catalogue.operations[0].settings
        var behind = settings
        behind.minimumAge = 18
        follower.leave(1, mark: SettingsMark.mark(of: settings))
        follower.leave(2, mark: SettingsMark.mark(of: behind))
        let answers = follower.answers(2)
        #expect(Self.areStored(answers.prefix(1)))
        #expect(answers.map(\.verdict).last == .settingsMoved)
        #expect(leader.bench.shared.board.counts(of: 0).participants == 1)
        follower.end()
        leader.end()
    }

    @Test("what is no entry, or more than the credit, ends its link and no other", arguments: 0..<4)
    func malformed(_ kind: Int) throws {
        // The follower has the only lane, so that a second link gets no credit at all.
        let leader = try LinkLeader(credit: 16, lanes: kind == 0 ? 1 : .max)
        let follower = try LinkFollower()
        follower.status.owner = leader.owner
        follower.leave(1)
        #expect(leader.hasTaken(1))
        var link = EntryLinkClient(.none, node: "c")
        let isOpen = link.open(to: leader.owner, at: SystemClock.monotonicNanoseconds())
        try #require(isOpen)
        var hasCredit = kind == 0
        _ = Self.turn(&link, untilSeconds: 30) {
            hasCredit = hasCredit || $0 == .credit
        } until: {
            hasCredit
        }
        let start = link.outbox.bytes.beginFrame(kind == 1 ? .answers : .entries)
        let count = kind == 3 ? 17 : 1
        for number in 0..<count {
            var entry = ByteBuffer(capacity: 1 << 10)
            ForwardedEntry.append(
                LinkFollower.envelope(UInt64(100 + number)), number: UInt64(number),
                tail: ByteBuffer(capacity: 1).bytes, to: &entry)
            // Not all of its fields.
            let length = kind == 2 ? ForwardedEntry.fixedBytes - 2 : entry.count
            link.outbox.bytes.append(item: entry.bytes.extracting(0..<length))
        }
        link.outbox.bytes.endFrame(at: start, count: count)
        _ = link.flush()
        let isThere = Self.turn(&link, untilSeconds: 30) { _ in
        } until: {
            false
        }
        #expect(!isThere)
        try leader.bench.start()
        let answers = follower.answers(1)
        #expect(answers.count == 1 && Self.areStored(answers[...]))
        follower.end()
        leader.end()
    }

    /// Whether each was stored. A thread of the links that stands still for a second is taken for
    /// silent: then a link is lost, and what was stored already is repeated over the next one.
    private static func areStored(_ answers: ArraySlice<AnswerEnvelope>) -> Bool {
        answers.allSatisfy { $0.verdict == .accepted || $0.verdict == .repeated }
    }

    /// - Returns: whether the link is still there.
    private static func turn(
        _ link: inout EntryLinkClient, untilSeconds seconds: UInt64,
        _ body: (EntryFrame.Kind) -> Void, until isDone: () -> Bool
    ) -> Bool {
        let end = SystemClock.monotonicNanoseconds() + seconds * 1_000_000_000
        while true {
            let now = SystemClock.monotonicNanoseconds()
            guard link.receive(at: now, { frame, _ in body(frame.kind) }) else { return false }
            if isDone() || now >= end { return true }
            link.wait(or: -1, milliseconds: 20)
        }
    }
}
