import Testing

@testable import portillon_load

@Suite("States over time")
struct BandsTests {
    @Test("a sample holds until the next one, and neighbours that say the same are one span")
    func spans() {
        let levels: [String?] = ["calm", "calm", "strained", nil, "calm"]
        let samples = zip([-1.0, 0, 1, 2, 4], levels).map { at, level in
            GatewaySample(at: at, pressure: level, states: [:], participants: [:])
        }
        #expect(
            Bands.spans(samples, \.pressure) == [
                Bands.Span(from: -1, to: 1, state: "calm"),
                Bands.Span(from: 1, to: 2, state: "strained"),
                Bands.Span(from: 2, to: 4, state: nil),
                Bands.Span(from: 4, to: 6, state: "calm"),
            ])
        #expect(Bands.spans([], \.pressure) == [])
    }

    @Test("every state has a look, one that is not known too")
    func looks() {
        #expect(Fill(state: "open") == .quiet)
        #expect(Fill(state: "critical") == .overloaded)
        #expect(Fill(state: "<new>") == .other)
        #expect(Fill(verdict: "accepted") == .accepted)
        #expect(Fill(verdict: "errors") == .other, "a verdict cannot pass for an error")
        #expect(Fill(verdict: "quiet") == .other)
    }

    @Test("cores in use are told between two samples, and not across a restart")
    func cores() {
        let used: [Double?] = [0.5, 1.5, nil, 0.2, 0.1, 0.3]
        let samples = used.enumerated().map { index, seconds in
            GatewaySample(
                at: Double(index) * 2, states: [:], participants: [:], cpuSeconds: seconds)
        }
        let cores = ReportPage.cores(samples)
        #expect(cores[0] == nil)
        #expect(cores[1] == 0.5)
        #expect(cores[2] == nil)
        #expect(cores[3] == nil)
        #expect(cores[4] == nil)
        #expect(cores[5].map { abs($0 - 0.1) < 1e-9 } == true)
    }
}
