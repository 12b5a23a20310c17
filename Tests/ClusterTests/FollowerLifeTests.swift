import Bytes
import Cluster
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
        _ engine: SeededEngine, _ log: borrowing Log, _ notes: Notes, _ clock: SteppedClock
    ) -> Follower<SeededLog, LinkClient> {
        Follower(
            SeededLog(engine), ClusterStatus(node: "b", clock: clock), after: log.recovery,
            address: "127.0.0.1:1", over: LinkClient(trust, meanwhile: {}),
            report: { notes.texts.append($0) }, beat: {})
    }

    @Test("it takes connections and no handshake succeeds: its process lives, and nobody stands")
    func handshakeFails() throws {
        let engine = SeededEngine(seed: 1)
        var way = SeededLog(engine)
        let isBegun = try way.begin(LogBeginning(.beginning), as: leader)
        try #require(isBegun)
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
        let notes = Notes()
        let clock = SteppedClock()
        var follower = makeFollower(engine, log, notes, clock)
        // 1.6 seconds, which pass while handshakes fail: not while the door stands still.
        let limit = Waiting(seconds: 120)
        var (milliseconds, closed) = (UInt64(0), 0)
        while milliseconds < 1_600, !limit.isOver {
            let office = try follower.turn(waking: -1) { bytes throws(LogError) in
                try log.follow(bytes) { _ in }
                return log.durableEnd
            }
            #expect(office == nil)
            let count = door.closed.load(ordering: .relaxed)
            guard count > closed else { continue }
            closed = count
            clock.advance(milliseconds: 100)
            milliseconds += 100
        }
        #expect(milliseconds == 1_600, "\(closed) connections were closed")
        #expect(try way.owner() == leader, "\(notes.texts)")
        #expect(notes.texts.contains { $0.hasPrefix("node a lives, and takes no link of this") })
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
