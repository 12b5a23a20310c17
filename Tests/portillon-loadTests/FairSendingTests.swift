import Sockets
import TestSupport
import Testing

@testable import portillon_load

@Suite("Streams that send side by side")
struct FairSendingTests {
    private func stream(startSeconds: Double, perSecond: Double) -> StreamState {
        var curve = RateCurve()
        curve.append(RateCurve.Piece(seconds: 10, from: perSecond, to: perSecond))
        let plan = StreamPlan(
            name: "stream", operation: 0, startSeconds: startSeconds, pacing: .paced,
            curve: curve, closedSeconds: 0, closedRequests: nil, givesNumbersOnce: true,
            connections: 1, addresses: 0, clients: ClientPlan(), expectations: [])
        let writer = EntryWriter(
            host: "127.0.0.1", operation: "a", key: "pk_a", tag: "k3-0", source: nil)
        return StreamState(plan, writer: writer, seed: 1)
    }

    @Test("what becomes due while another stream catches up leaves in the same turn")
    func catchesUp() throws {
        let server = try FakeServer(["HTTP/1.1 204 No Content\r\n\r\n"], then: .hangs)
        defer { server.stop() }
        let target = try #require(SocketAddress("127.0.0.1:\(server.port)"))
        let flood = stream(startSeconds: 0, perSecond: 1_000_000)
        let small = stream(startSeconds: 1.000_02, perSecond: 1_000_000)
        var engine = try Engine(target: target, streams: [flood, small], operations: 1)
        let now = MonotonicClock.nanoseconds
        let began = now - 1_000_000_000
        engine.start = began
        for index in engine.streams.indices { engine.streams[index].begin(at: began) }
        // The first is due 20 µs from now: the flood's part of the turn takes longer.
        let isBehind = engine.sendDue(now)
        #expect(isBehind)
        let sent = engine.streams.map(\.second.due)
        #expect(sent[0] == Engine.sendsATurn && sent[1] > 0, "\(sent)")
    }
}
