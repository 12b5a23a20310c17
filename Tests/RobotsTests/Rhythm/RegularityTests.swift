import RobotsCrowd
import Testing

@testable import Robots

@Suite("Intervals tell a program's pace from people's")
struct RegularityTests {
    /// Ten natural bits: a thousand to one.
    private static let bound = 10.0

    /// After how many intervals the evidence exceeds the bound; `nil` if it does not within
    /// `count`.
    private func caught(within count: Int, _ interval: () -> Double) -> Int? {
        var intervals = IntervalSummary()
        for index in 1...count {
            intervals.add(milliseconds: UInt32(interval()))
            if Regularity.evidence(intervals) >= Self.bound { return index }
        }
        return nil
    }

    @Test(
        "a fixed pace is caught within 12 intervals, fast or slow",
        arguments: [200.0, 3_000, 60_000])
    func fixed(_ mean: Double) throws {
        var draw = Draw(seed: 1)
        for _ in 0..<50 {
            let found = caught(within: 12) { mean * (1 + 0.02 * draw.normal()) }
            #expect(found != nil)
        }
    }

    @Test("between(1,5) is caught within 40 intervals, nine times in ten")
    func uniform() {
        var draw = Draw(seed: 2)
        let found = (0..<200).filter { _ in
            caught(within: 40) { 1_000 * draw.uniform(1...5) } != nil
        }
        #expect(found.count >= 180)
    }

    @Test("Poisson pacing is caught less often than the stated rate, at any of 100 intervals")
    func poisson() {
        var draw = Draw(seed: 3)
        let streams = 4_000
        let found = (0..<streams).filter { _ in
            caught(within: 100) { draw.exponential(mean: 2_000) } != nil
        }
        // 2⁻¹⁰ of 4,000 are 4.
        #expect(found.count <= 4)
    }

    @Test("one person's intervals, and those of a queue before a tablet, are people's")
    func people() {
        var draw = Draw(seed: 4)
        for _ in 0..<300 {
            #expect(caught(within: 100) { draw.logNormal(median: 20_000, sigma: 1) } == nil)
            #expect(caught(within: 100) { draw.logNormal(median: 34_000, sigma: 0.4) } == nil)
        }
    }

    @Test("a long pause and a double click do not hide what equal intervals have shown")
    func outliers() {
        var draw = Draw(seed: 5)
        var intervals = IntervalSummary()
        for index in 0..<40 {
            let regular = 3_000 * (1 + 0.02 * draw.normal())
            intervals.add(milliseconds: index == 15 ? 900_000 : index == 30 ? 2 : UInt32(regular))
        }
        #expect(Regularity.evidence(intervals) >= Self.bound)
    }

    @Test("a person who becomes a program is found")
    func change() {
        var draw = Draw(seed: 6)
        var intervals = IntervalSummary()
        for _ in 0..<200 { intervals.add(milliseconds: UInt32(draw.exponential(mean: 4_000))) }
        #expect(Regularity.evidence(intervals) < Self.bound)
        let found = (1...150).first { _ in
            intervals.add(milliseconds: 2_000)
            return Regularity.evidence(intervals) >= Self.bound
        }
        #expect(found != nil)
    }

    @Test("what a busy key leaves out does not make the rest look regular")
    func busy() {
        var draw = Draw(seed: 8)
        let found = (0..<300).filter { _ in
            var intervals = IntervalSummary()
            var now: UInt32 = 1_000
            var isRegular = false
            for index in 0..<600 {
                let mean = index < 200 ? 6.0 : 4 + Double(index - 200) / 8
                let next = now + UInt32(draw.exponential(mean: mean))
                intervals.add(from: now, to: next)
                now = next
                isRegular = isRegular || Regularity.evidence(intervals) >= Self.bound
            }
            return isRegular
        }
        // 2⁻¹⁰ of 300 is less than one.
        #expect(found.count <= 2)
    }

    @Test("the coefficient of variation is told")
    func variation() {
        var draw = Draw(seed: 7)
        var intervals = IntervalSummary()
        for _ in 0..<48 { intervals.add(milliseconds: UInt32(1_000 * draw.uniform(1...5))) }
        #expect((28...52).contains(intervals.variationPercent))
    }
}
