import DequeModule
import Testing

@testable import portillon_load

@Suite("Clients without a connection")
struct GivingUpTests {
    /// A stream of which attempts due at these seconds wait for a connection.
    private func waiting(
        _ pacing: StreamPlan.Pacing, retriesErrors: Bool = false, dueAt seconds: [UInt64]
    ) -> StreamState {
        var clients = ClientPlan()
        clients.timeoutSeconds = 5
        clients.retriesErrors = retriesErrors
        let plan = StreamPlan(
            name: "crowd", operation: 0, startSeconds: 0, pacing: pacing, curve: RateCurve(),
            closedSeconds: 600, closedRequests: nil, givesNumbersOnce: true, connections: 1,
            addresses: 0, clients: clients, expectations: [])
        let writer = EntryWriter(
            host: "127.0.0.1", operation: "a", key: "pk_a", tag: "k3-0", source: nil)
        var stream = StreamState(plan, writer: writer, seed: 1)
        for (number, due) in seconds.enumerated() {
            stream.backlog.append(
                Attempt(due: due * 1_000_000_000, participant: UInt32(number)))
        }
        return stream
    }

    @Test("give up when they have waited as long as for an answer, and are counted")
    func givesUp() {
        var stream = waiting(.poisson, dueAt: [1, 2, 4])
        stream.giveUpWaiting(at: 5_999_999_999)
        #expect(stream.backlog.count == 3 && stream.second.abandoned == 0)
        stream.giveUpWaiting(at: 7_000_000_000)
        #expect(stream.backlog.map(\.participant) == [2])
        #expect(stream.second.abandoned == 2)
    }

    @Test("wait on where they try again after failures, and in a closed loop")
    func waitsOn() {
        for var stream in [
            waiting(.poisson, retriesErrors: true, dueAt: [1]), waiting(.closed, dueAt: [1]),
        ] {
            stream.giveUpWaiting(at: 60_000_000_000)
            #expect(stream.backlog.count == 1 && stream.second.abandoned == 0)
        }
    }
}
