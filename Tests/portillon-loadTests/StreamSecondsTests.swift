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

    @Test("few times are exact, many are kept to their digits, and both are forgotten")
    func sample() {
        var sample = TimeSample(digits: .two)
        for round in 1...2 {
            #expect(Percentiles(sample).count == 0)
            for time in 1...UInt64(TimeSample.mostExact) { sample.record(time * 1_001) }
            let few = Percentiles(sample)
            #expect(few.count == 64 && few.max == 64.064 && few.p50 == 32.032)
            #expect(few.p99 == 64.064 && abs(few.mean - 32.5325) < 1e-9)
            for time in 65...UInt64(6_400) { sample.record(time * 1_001) }
            let many = Percentiles(sample)
            #expect(many.count == 6_400, "round \(round)")
            #expect(abs(many.p50 / (3_200 * 1.001) - 1) < 0.01)
            #expect(abs(many.p99 / (6_336 * 1.001) - 1) < 0.01)
            sample.reset()
        }
    }

    @Test("the seconds of hundreds of streams are closed in no time")
    func manyStreams() {
        var streams = (0..<200).map { _ in stream() }
        let clock = ContinuousClock()
        // The second that is quickest: a machine may stand still in others.
        let spent = (0..<20).map { second in
            for index in streams.indices {
                for time in 1...8 {
                    streams[index].recordAnswer(due: 0, latency: UInt64(time) * 900, service: 700)
                }
            }
            return clock.measure {
                for index in streams.indices { streams[index].closeSecond(second) }
            }
        }
        #expect(spent.min() ?? .seconds(1) < .milliseconds(60), "200 ms with a histogram for each")
    }

    @Test("a second's quiet answers are those due in it apart from standstills")
    func quiet() {
        var seconds = (0..<3).map { StreamSecond($0, Tally(), backlog: 0) }
        let start: UInt64 = 5_000_000_000
        // Due each 10 ms: a tenth as many microseconds as milliseconds since the start.
        let answers = (0..<250).map { number in
            AnswerTimes(
                due: start + number * 10_000_000, latency: number * 1_000, service: 1)
        }
        // 100 ms, and as much before and behind it: 29 or 30 requests of second 1.
        let standstill = start + 1_400_000_000..<start + 1_500_000_000
        StreamSecond.addQuiet(
            answers, in: QuietTimes(without: [standstill]), since: start, to: &seconds)
        #expect(seconds.map(\.quiet) == [100, 70, 50])
        #expect(seconds.map(\.quietP99) == [98, 199, 249])
    }
}
