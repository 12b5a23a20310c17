import Bytes
import ClusterTesting
import Log
import Sockets
import Testing
import Time

@testable import Cluster

/// It goes on to tell the other nodes that it leads, and can store nothing.
@Suite("A leader that is cut off from the engine alone")
struct LeaderReachTests {
    /// A link on which the leader tells something whenever it is asked.
    private struct TellingLink: LeaderLink {
        let frame: () -> LinkFrame
        private(set) var isOpen = false

        init(_ frame: @escaping () -> LinkFrame) { self.frame = frame }

        mutating func close() { isOpen = false }
        mutating func open(to address: SocketAddress) throws(LinkFailure) { isOpen = true }
        mutating func send(_ frame: LinkFrame) {}
        mutating func receive(seconds: Double, waking bell: Int32?) -> LinkReceived {
            .frame(frame())
        }
        mutating func pass(seconds: Double) {}
    }

    private let clock = SteppedClock()

    /// - Parameter unproven: what the leader says, by the milliseconds that have passed.
    /// - Returns: when the follower took office.
    private func standing(
        within milliseconds: UInt64, _ unproven: @escaping (UInt64) -> UInt32?
    ) throws -> UInt64? {
        let engine = SeededEngine(seed: 1)
        let leader = try #require(LogOwner(node: "a", term: 1, address: "127.0.0.1:1"))
        var way = SeededLog(engine)
        let isBegun = try way.begin(LogBeginning(.beginning), as: leader)
        try #require(isBegun)
        let began = clock.monotonicNanoseconds()
        let passed = { [clock] in (clock.monotonicNanoseconds() - began) / 1_000_000 }
        var log = try Log.open(
            try MemoryStore(), at: Timestamp(milliseconds: 1)
        ) { _ in }
        var follower = Follower(
            SeededLog(engine), ClusterStatus(node: "b", clock: clock), after: log.recovery,
            address: "127.0.0.1:2",
            over: TellingLink {
                LinkFrame(
                    node: "a", office: 1, position: 1, durable: 1, clock: 0, level: 1,
                    members: [], unprovenMilliseconds: unproven(passed()))
            },
            report: { _ in }, beat: {})
        while passed() < milliseconds {
            let office = try follower.turn(waking: -1) { bytes throws(LogError) in
                try log.follow(bytes) { _ in }
                return log.durableEnd
            }
            if office != nil { return passed() }
            clock.advance(milliseconds: 100)
        }
        return nil
    }

    @Test("one that has proved nothing for two seconds is followed by a node that etcd answers")
    func isCutOff() throws {
        let found = try standing(within: 10_000) { UInt32($0) }
        let milliseconds = try #require(found)
        #expect((2_000...2_600).contains(milliseconds))
    }

    @Test("one that proves its office stays, and one of an earlier build, which says nothing")
    func stays() throws {
        #expect(try standing(within: 10_000) { UInt32($0 % 1_900) } == nil)
        #expect(try standing(within: 10_000) { _ in nil } == nil)
    }

    @Test("while the engine does not answer this node either, it stands for nothing")
    func isAwayForAll() {
        var reach = LeaderReach(clock)
        func look(_ isAnswered: Bool = true) {
            clock.advance(milliseconds: 500)
            if isAnswered { reach.noteLook() } else { reach.noteFailure() }
        }
        for _ in 0..<20 { look() }
        #expect(reach.isCutOff(unproven: 2_000))
        #expect(!reach.isCutOff(unproven: 1_999))
        look(false)
        for _ in 0..<4 {
            look()
            #expect(!reach.isCutOff(unproven: 60_000), "the leader's call may be under way")
        }
        look()
        #expect(reach.isCutOff(unproven: 60_000))
        // The process stood still: what the engine did meanwhile is not known.
        clock.advance(milliseconds: 3_000)
        look()
        #expect(!reach.isCutOff(unproven: 60_000))
    }
}
