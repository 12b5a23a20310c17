import Bytes
import ClusterTesting
import Log
import Sockets
import Testing
import Time

@testable import Cluster

@Suite("Two processes of one name")
struct NameCheckTests {
    private let clock = SteppedClock()
    private let status: ClusterStatus

    init() {
        status = ClusterStatus(node: "b", clock: clock, address: "10.0.0.2:1")
    }

    /// What a leader says of a node.
    private func member(_ address: String, silent: UInt32 = 0) -> ClusterMember {
        ClusterMember(
            node: "b", position: 5, clockOffset: 0, silentMilliseconds: silent, address: address)
    }

    @Test("a name that nobody has, or that this process had before, is its own at once")
    func isOwn() {
        let others = [
            [], [member("10.0.0.2:1")], [member("10.0.0.9:1", silent: 500)], [member("")],
            [member("10.0.0.9:1", silent: ClusterMember.never)],
        ]
        for members in others {
            var check = NameCheck(status)
            #expect(!check.isOwn)
            #expect(check.hear(members) == nil)
            #expect(check.isOwn, "\(members)")
        }
        #expect(NameCheck(ClusterStatus(node: "b")).isOwn)
    }

    @Test("one that was killed a moment ago, at another address, keeps the new one out for no more")
    func wasKilled() {
        var check = NameCheck(status)
        for silent in stride(from: UInt32(0), to: 500, by: 100) {
            #expect(check.hear([member("10.0.0.9:1", silent: silent)]) == nil)
            #expect(!check.isOwn)
            clock.advance(milliseconds: 100)
        }
        #expect(check.hear([member("10.0.0.9:1", silent: 500)]) == nil)
        #expect(check.isOwn)
        // Whoever comes later is refused, and not this one.
        clock.advance(milliseconds: 60_000)
        #expect(check.hear([member("10.0.0.9:1")]) == nil)
    }

    /// A leader that hears another process of this node's name.
    private struct DoubtingLink: LeaderLink {
        let members: [ClusterMember]
        let onSend: () -> Void
        private(set) var isOpen = false

        init(_ members: [ClusterMember], onSend: @escaping () -> Void) {
            self.members = members
            self.onSend = onSend
        }

        mutating func close() { isOpen = false }
        mutating func open(to address: SocketAddress) throws(LinkFailure) { isOpen = true }
        mutating func send(_ frame: LinkFrame) { onSend() }
        mutating func receive(seconds: Double, waking bell: Int32?) -> LinkReceived {
            .frame(
                LinkFrame(
                    node: "a", office: 1, position: 1, durable: 1, clock: 0, level: 1,
                    members: members))
        }
        mutating func pass(seconds: Double) {}
    }

    @Test("a second process of a name that lives is refused, and has never taken its place")
    func isRefused() throws {
        let engine = SeededEngine(seed: 1)
        let leader = try #require(LogOwner(node: "a", term: 1, address: "127.0.0.1:1"))
        var way = SeededLog(engine)
        let isBegun = try way.begin(LogBeginning(.beginning), as: leader)
        try #require(isBegun)
        var log = try Log.open(try MemoryStore(), at: Timestamp(milliseconds: 1)) { _ in }
        var sent = 0
        var follower = Follower(
            SeededLog(engine), status, after: log.recovery, address: status.address,
            over: DoubtingLink([member("10.0.0.9:1", silent: 90)], onSend: { sent += 1 }),
            report: { _ in }, beat: {})
        var failure: String?
        var milliseconds = 0
        while failure == nil, milliseconds < 3_000 {
            do throws(FollowerFailure) {
                _ = try follower.turn(waking: -1) { bytes throws(LogError) in
                    try log.follow(bytes) { _ in }
                    return log.durableEnd
                }
            } catch {
                failure = "\(error)"
            }
            clock.advance(milliseconds: 100)
            milliseconds += 100
        }
        #expect(
            failure?.hasPrefix("another process is node b of this cluster, at 10.0.0.9:1") == true)
        #expect(sent == 0)
        #expect((1_000...1_300).contains(milliseconds))
    }

    @Test("nor is it told of while it fetches what the log has no more, also from the leader")
    func isRefusedWhileItFetches() throws {
        let engine = SeededEngine(seed: 1)
        let leader = try #require(LogOwner(node: "a", term: 1, address: "127.0.0.1:1"))
        var way = SeededLog(engine)
        let isBegun = try way.begin(LogBeginning(.beginning), as: leader)
        try #require(isBegun)
        var whole = try Log.open(try MemoryStore(), at: Timestamp(milliseconds: 1)) { _ in }
        whole.wrapStore {
            ClusterStore($0, SeededLog(engine), as: leader, ClusterStatus(node: "a"))
        }
        try ServingNode.commit(30, bytes: 90, to: &whole)
        try way.trim(below: 21)
        let log = try Log.open(try MemoryStore(), at: Timestamp(milliseconds: 1)) { _ in }
        let source = ScriptedSource()
        // It is asked again and again.
        source.nodes["127.0.0.1:1"] = { _ in ScriptedSource.Answer() }
        var sent = 0
        var follower = Follower(
            SeededLog(engine), status, after: log.recovery, address: status.address,
            over: DoubtingLink([member("10.0.0.9:1", silent: 90)], onSend: { sent += 1 }),
            fetchingFrom: source, report: { _ in }, beat: {})
        var failure: String?
        for _ in 0..<30 where failure == nil {
            clock.advance(milliseconds: 100)
            do throws(FollowerFailure) {
                _ = try follower.turn(waking: -1) { _ throws(LogError) in .beginning }
            } catch {
                failure = "\(error)"
            }
        }
        #expect(
            failure?.hasPrefix("another process is node b of this cluster, at 10.0.0.9:1") == true)
        #expect(!source.asked.isEmpty)
        #expect(sent == 0 && source.told == 0)
    }
}
