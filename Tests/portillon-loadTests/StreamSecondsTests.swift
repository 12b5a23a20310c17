import Histogram
import Testing

@testable import portillon_load

@Suite("What a stream counts, second by second")
struct StreamSecondsTests {
    private func stream() -> StreamState {
        let plan = StreamPlan(
            name: "people", operation: 0, startSeconds: 0, pacing: .poisson, curve: RateCurve(),
            closedSeconds: 0, closedRequests: nil, givesNumbersOnce: true, connections: 1,
            addresses: 0, clients: ClientPlan(), expectations: [])
        let writer = EntryWriter(
            host: "127.0.0.1", operation: "a", key: "pk_a", tag: "k3-0", source: nil)
        var stream = StreamState(plan, writer: writer, seed: 1)
        stream.windows = [WindowState(Expectation.Window(from: 1, to: 2))]
        return stream
    }

    @Test("an answer is of its second, of its window and of the run, the latter to three digits")
    func answers() throws {
        var stream = stream()
        for (second, latency) in [UInt64(123_456), 200_700, 300_100].enumerated() {
            stream.recordAnswer(due: 0, latency: latency, service: latency / 2)
            stream.second.due += 1
            stream.closeSecond(second)
        }
        #expect(stream.seconds.map(\.answered) == [1, 1, 1])
        let exact = [123.456, 200.7, 300.1]
        for (second, latency) in zip(stream.seconds, exact) {
            #expect(abs(second.p99 - latency) <= latency / 100, "two digits")
            let service = try #require(second.serviceP99)
            #expect(abs(service - latency / 2) <= latency / 200)
        }
        let window = stream.windows[0].tally
        #expect(window.answered == 1 && window.due == 1)
        #expect(abs(Percentiles(window.latency).p99 - 200.7) <= 0.2)
        #expect(stream.whole.answered == 3 && stream.whole.due == 3)
        #expect(Percentiles(stream.whole.latency).count == 3)
        #expect(abs(Percentiles(stream.whole.latency).max - 300.1) <= 0.3)
        #expect(abs(Percentiles(stream.whole.service).p50 - 100.35) <= 0.1)
    }
}
