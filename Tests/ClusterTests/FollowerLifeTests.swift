import Bytes
import ClusterTesting
import Glibc
import Log
import Sockets
import Synchronization
import TLSClient
import TestSupport
import Testing
import Threads
import Time

@testable import Cluster

/// One broken path between two nodes is no reason for the one to depose the other.
@Suite("A leader that lives, and that one node does not reach")
struct FollowerLifeTests {
    private let folder = TemporaryDirectory()
    private let trust: LinkTrust
    private let door: Door
    private let leader: LogOwner

    init() throws {
        let authority = try TestCertificate(at: folder.path("ca"), names: ["authority"])
        let own = try TestCertificate(
            at: folder.path("own"), names: ["127.0.0.1"], issuer: authority)
        trust = try LinkTrust(
            authorities: authority.certificate,
            own: TLSFiles.Pair(certificate: own.certificate, key: own.key))
        door = Door(try Listener(on: try #require(SocketAddress("127.0.0.1:0"))))
        leader = try #require(
            LogOwner(node: "a", term: 1, address: "\(door.listener.address)"))
    }

    /// Where the leader listens.
    private final class Door: Sendable {
        let listener: Listener
        /// Connections that were taken, and closed.
        let closed = Atomic<Int>(0)
        init(_ listener: consuming Listener) { self.listener = listener }
    }

    private final class Notes {
        var texts: [String] = []
    }

    private func time(_ milliseconds: Int64) -> Timestamp { Timestamp(milliseconds: milliseconds) }

    /// - Parameter clock: by which the leader is silent, or not: the test moves it.
    private func makeFollower(
        _ engine: SeededEngine, _ log: borrowing Log, _ notes: Notes, _ clock: SteppedClock,
        as node: String = "b"
    ) -> Follower<SeededLog, LinkClient> {
        Follower(
            SeededLog(engine), ClusterStatus(node: node, clock: clock), after: log.recovery,
            address: node == leader.node ? leader.address : "127.0.0.1:1",
            over: LinkClient(trust, meanwhile: {}), report: { notes.texts.append($0) }, beat: {})
    }

    /// What a follower comes to whose handshakes all fail.
    /// - Parameters:
    ///   - node: its name; its address is the leader's where that is its own.
    ///   - milliseconds: which pass while handshakes fail: not while the door stands still.
    ///   - meanwhile: what the leader does.
    private func office(
        of node: String = "b", within milliseconds: UInt64, _ engine: SeededEngine,
        _ notes: Notes, meanwhile: () throws -> Void = {}
    ) throws -> LogOwner? {
        let closing = StoppableThread()
        try closing.start(name: "closing") { [door] in
            while !closing.isStopping {
                if case .accepted(let descriptor, _) = door.listener.accept() {
                    _ = close(descriptor)
                    door.closed.add(1, ordering: .relaxed)
                }
                usleep(2_000)
            }
        }
        defer { closing.stop {} }
        var log = try Log.open(try MemoryStore(), at: time(1)) { _ in }
        let clock = SteppedClock()
        var follower = makeFollower(engine, log, notes, clock, as: node)
        let limit = Waiting(seconds: 120)
        var (passed, closed) = (UInt64(0), 0)
        while passed < milliseconds, !limit.isOver {
            let office = try follower.turn(waking: -1) { bytes throws(LogError) in
                try log.follow(bytes) { _ in }
                return log.durableEnd
            }
            if let office { return office }
            try meanwhile()
            let count = door.closed.load(ordering: .relaxed)
            guard count > closed else { continue }
            closed = count
            clock.advance(milliseconds: 100)
            passed += 100
        }
        #expect(passed == milliseconds, "\(closed) connections were closed")
        return nil
    }

    /// A log that node a owns.
    private func makeEngine() throws -> SeededEngine {
        let engine = SeededEngine(seed: 1)
        var way = SeededLog(engine)
        let isBegun = try way.begin(LogBeginning(.beginning), as: leader)
        try #require(isBegun)
        return engine
    }

    @Test("it takes connections and no handshake succeeds: nobody stands while it may lead others")
    func handshakeFails() throws {
        let (engine, notes) = (try makeEngine(), Notes())
        #expect(try office(within: 1_600, engine, notes) == nil)
        #expect(engine.owner == leader, "\(notes.texts)")
        #expect(notes.texts.contains { $0.hasPrefix("node a lives, and takes no link of this") })
    }

    @Test("it answers by the log, where no handshake succeeds: it leads, and nobody stands")
    func answersByTheLog() throws {
        let (engine, notes) = (try makeEngine(), Notes())
        var way = SeededLog(engine)
        let found = try office(within: 5_000, engine, notes) { try LeaderKnock.answer(&way) }
        #expect(found == nil)
        #expect(engine.owner == leader, "\(notes.texts)")
    }

    @Test("its process lives and has no office any more: another node stands in some seconds")
    func hasNoOffice() throws {
        let (engine, notes) = (try makeEngine(), Notes())
        let found = try office(within: 5_000, engine, notes)
        #expect(found?.node == "b" && found?.term == 2, "\(notes.texts)")
    }

    @Test("a leader that was started again, and has no link even to itself, stands at once")
    func isItself() throws {
        let (engine, notes) = (try makeEngine(), Notes())
        let found = try office(of: "a", within: 100, engine, notes)
        #expect(found?.node == "a" && found?.term == 2, "\(notes.texts)")
    }

    @Test("it appends: it lives, though it answers nobody; when it appends no more, it does not")
    func appends() throws {
        let engine = SeededEngine(seed: 1)
        var way = SeededLog(engine)
        let isBegun = try way.begin(LogBeginning(.beginning), as: leader)
        try #require(isBegun)
        var led = try Log.open(try MemoryStore(), at: time(1)) { _ in }
        led.wrapStore {
            ClusterStore($0, SeededLog(engine), as: leader, ClusterStatus(node: "a"))
        }
        var log = try Log.open(try MemoryStore(), at: time(1)) { _ in }
        let notes = Notes()
        let clock = SteppedClock()
        // The kernel takes the connection, and nobody answers the handshake.
        var follower = makeFollower(engine, log, notes, clock)
        for _ in 0..<6 {
            clock.advance(milliseconds: 300)
            led.append(kind: 1) { $0.append(UInt8(1)) }
            try led.commit(at: time(5))
            let office = try follower.turn(waking: -1) { bytes throws(LogError) in
                try log.follow(bytes) { _ in }
                return log.durableEnd
            }
            #expect(office == nil, "\(notes.texts)")
        }
        var office: LogOwner?
        for _ in 0..<100 where office == nil {
            clock.advance(milliseconds: 300)
            office = try follower.turn(waking: -1) { bytes throws(LogError) in
                try log.follow(bytes) { _ in }
                return log.durableEnd
            }
        }
        #expect(office?.term == 2)
        #expect(log.durableEnd == led.durableEnd)
    }
}
