import Bytes
import Glibc
import Sockets
import TestSupport
import Testing

@testable import portillon_load

@Suite("An answer that lies unread")
struct UnreadAnswerTests {
    /// A closed loop of one connection and one request.
    private func stream(startSeconds: Double = 0) -> StreamState {
        let plan = StreamPlan(
            name: "lone", operation: 0, startSeconds: startSeconds, pacing: .closed,
            curve: RateCurve(), closedSeconds: 600, closedRequests: 1, givesNumbersOnce: true,
            connections: 1, addresses: 0, clients: ClientPlan(), expectations: [])
        let writer = EntryWriter(
            host: "127.0.0.1", operation: "a", key: "pk_a", tag: "k3-0", source: nil)
        return StreamState(plan, writer: writer, seed: 1)
    }

    /// What a runner that sleeps measured of the answer that came meanwhile.
    private struct Measured {
        /// Milliseconds until the kernel told of the answer, and those that the runner slept then.
        var there: Double
        var slept: Double
        var latency: Percentiles
        var service: Percentiles
        var unread: Percentiles
        var unstamped: Int
    }

    private func measure() throws -> Measured {
        let body = #"{"verdict":"accepted","participant_number":1}"#
        let server = try FakeServer(
            ["HTTP/1.1 201 Created\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"],
            then: .hangs)
        defer { server.stop() }
        let target = try #require(SocketAddress("127.0.0.1:\(server.port)"))
        var engine = try Engine(target: target, streams: [stream()], operations: 1)
        engine.openConnections()
        let began = MonotonicClock.nanoseconds
        engine.start = began
        engine.streams[0].begin(at: began)
        engine.startClosedLoops()
        var place: UInt32?
        while place == nil {
            let count = engine.poller.wait(timeoutNanoseconds: 30_000_000_000)
            try #require(count > 0, "the server did not answer")
            for index in 0..<count {
                let event = engine.poller.event(index)
                if event.isReadable { place = event.token.place }
            }
        }
        let there = MonotonicClock.nanoseconds
        usleep(200_000)
        engine.arrivalClock.note(.current())
        let woken = MonotonicClock.nanoseconds
        var inbox = ByteBuffer(capacity: 256 << 10)
        engine.receive(try #require(place), &inbox)
        let tally = engine.streams[0].second
        try #require(tally.count(.accepted) == 1)
        return Measured(
            there: Double(there - began) / 1e6, slept: Double(woken - there) / 1e6,
            latency: Percentiles(tally.latency), service: Percentiles(tally.service),
            unread: Percentiles(engine.unread), unstamped: engine.unstamped)
    }

    @Test("a closed loop sends nothing before its stream starts")
    func start() throws {
        let server = try FakeServer(["HTTP/1.1 204 No Content\r\n\r\n"], then: .hangs)
        defer { server.stop() }
        let target = try #require(SocketAddress("127.0.0.1:\(server.port)"))
        var engine = try Engine(
            target: target, streams: [stream(startSeconds: 3_600)], operations: 1)
        engine.openConnections()
        let now = MonotonicClock.nanoseconds
        engine.start = now
        engine.streams[0].begin(at: now)
        engine.startClosedLoops()
        let before = engine.streams[0]
        #expect(before.second.due == 0 && before.inFlight == 0)
        #expect(!before.isFinished(at: now))
        _ = engine.sendDue(now + 3_601_000_000_000)
        let after = engine.streams[0]
        #expect(after.second.due == 1 && after.planned == 0)
    }

    @Test("is counted as come when the kernel had it, and how long it lay there is told")
    func unread() throws {
        var found = try measure()
        // The kernel begins to note times a moment after the first connection asks for it.
        for _ in 0..<150 where found.unstamped > 0 { found = try measure() }
        #expect(found.unread.count == 1 && found.unstamped == 0)
        // Three digits are kept: of seconds too, where the server's thread stood still.
        #expect(found.service.max <= found.there * 1.01 + 1, "\(found)")
        #expect(found.latency.max <= found.there * 1.01 + 1, "\(found)")
        #expect(found.unread.max >= found.slept * 0.99, "\(found)")
    }
}
