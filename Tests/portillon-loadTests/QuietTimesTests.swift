import Testing

@testable import portillon_load

@Suite("Times at which the machine ran as it should")
struct QuietTimesTests {
    private func milliseconds(_ value: UInt64) -> UInt64 { value * 1_000_000 }

    @Test("are apart from standstills by 20 ms, and by as long as they last")
    func margins() {
        let quiet = QuietTimes(without: [
            milliseconds(1_000)..<milliseconds(1_050), milliseconds(100)..<milliseconds(110),
        ])
        let inside: [UInt64] = [80, 100, 105, 110, 129, 950, 1_000, 1_099]
        for time in inside { #expect(!quiet.contains(milliseconds(time)), "\(time)") }
        for time: UInt64 in [0, 79, 130, 500, 949, 1_100, 9_999] {
            #expect(quiet.contains(milliseconds(time)), "\(time)")
        }
        #expect(!quiet.contains(milliseconds(80)) && quiet.contains(milliseconds(80) - 1))
        #expect(quiet.contains(milliseconds(130)) && !quiet.contains(milliseconds(130) - 1))
    }

    @Test("standstills near each other have one margin; at the beginning there is nothing before")
    func merged() {
        let quiet = QuietTimes(without: [
            milliseconds(5)..<milliseconds(8), milliseconds(30)..<milliseconds(33),
        ])
        for time: UInt64 in [0, 5, 20, 52] { #expect(!quiet.contains(milliseconds(time))) }
        #expect(quiet.contains(milliseconds(53)))
        #expect(QuietTimes(without: []).contains(0))
    }

    @Test("answers are kept where an expectation looks at a tail, with all that it looks at")
    func kept() {
        let windows = [(0, 2), (2, 4), (4, 6)].map {
            portillon_load.Expectation.Window(from: $0.0, to: $0.1)
        }
        let plan = StreamPlan(
            name: "people", operation: 0, startSeconds: 0, pacing: .poisson, curve: RateCurve(),
            closedSeconds: 0, givesNumbersOnce: true, connections: 1, addresses: 0,
            clients: ClientPlan(),
            expectations: [
                .init(
                    figure: "p99_ms", window: windows[0],
                    bounds: [
                        .init(
                            relation: .atMost,
                            reference: .figure("p50_ms", times: 2, window: windows[1]))
                    ]),
                .init(
                    figure: "p50_ms", window: windows[2],
                    bounds: [.init(relation: .atMost, reference: .number(1))]),
            ])
        let writer = EntryWriter(
            host: "127.0.0.1", operation: "a", key: "pk_a", tag: "k3-0", source: nil)
        let stream = StreamState(plan, writer: writer, seed: 1)
        #expect(stream.windows.map(\.window) == windows)
        #expect(stream.windows.map(\.keepsAnswers) == [true, true, false])
    }
}
