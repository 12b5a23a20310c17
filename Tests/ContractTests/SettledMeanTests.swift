import Testing

@testable import Contract

@Suite("A mean that one hiccup does not move")
struct SettledMeanTests {
    private func mean(_ intervals: [(count: UInt64, sum: UInt64)]) -> UInt64 {
        var mean = SettledMean()
        for interval in intervals { mean.add(count: interval.count, sum: interval.sum) }
        return mean.value
    }

    @Test("it is the mean of all values, not of the intervals")
    func mean() {
        #expect(mean([(1, 10), (9, 180)]) == 19)
        #expect(mean([(9, 180), (1, 10)]) == 19)
        #expect(mean([(2, 60), (2, 60)]) == 30)
        #expect(mean([(2, 0), (2, 0)]) == 0)
    }

    @Test("what is more than twice as bad as all others does not count")
    func worst() {
        #expect(mean([(1, 10), (1, 20)]) == 15)
        #expect(mean([(1, 10), (1, 22)]) == 10)
        #expect(mean([(1, 100), (9, 180), (1, 10)]) == 19)
        #expect(mean([(1, 100), (9, 180), (1, 60)]) == 30, "there are two of them")
    }

    @Test("of nothing, or of one interval alone, it is nothing")
    func nothing() {
        #expect(mean([]) == 0)
        #expect(mean([(0, 0), (0, 0)]) == 0)
        #expect(mean([(8, 8_000_000)]) == 0)
        #expect(mean([(0, 0), (8, 8_000_000), (0, 0)]) == 0)
    }

    @Test("the last five intervals count; a bad one before them makes the next one count")
    func window() {
        let bad: (UInt64, UInt64) = (1, 1_000)
        let good: (UInt64, UInt64) = (1, 0)
        let five = [(UInt64, UInt64)](repeating: good, count: 5)
        #expect(mean([bad, bad] + five.dropLast(2)) == 400)
        #expect(mean([bad, bad] + five) == 0)
        #expect(mean([bad] + five + [bad]) == 200)
        let fiveSeconds = [(UInt64, UInt64)](repeating: good, count: 49)
        #expect(mean([bad] + fiveSeconds.dropLast() + [bad]) == 200)
        #expect(mean([bad] + fiveSeconds + [bad]) == 0, "it is forgotten")
    }

    @Test("empty intervals change nothing for three seconds, then what was before them is over")
    func empty() {
        var mean = SettledMean()
        mean.add(count: 1, sum: 500)
        mean.add(count: 1, sum: 500)
        for _ in 0..<29 {
            mean.add(count: 0, sum: 0)
            #expect(mean.value == 500)
        }
        mean.add(count: 0, sum: 0)
        #expect(mean.value == 0)
    }

    /// The level that a disk brings about, in a pattern of tenths of a second that is repeated.
    private func level(
        seconds: Int, _ pattern: [(count: UInt64, milliseconds: UInt64)]
    ) -> PressureLevel {
        var mean = SettledMean()
        var classifier = PressureClassifier()
        var worst = PressureLevel.calm
        for beat in 0..<(seconds * PressureClassifier.frequency) {
            let (count, milliseconds) = pattern[beat % pattern.count]
            mean.add(count: count, sum: count * milliseconds * 1_000)
            var figures = PressureFigures()
            figures.commit = Int(mean.value)
            worst = max(worst, classifier.classify(figures))
        }
        return worst
    }

    @Test("what is decided while the disk stands still, and right after, is one interval")
    func standstill() {
        func mean(_ stalls: [(count: UInt64, sum: UInt64, isStandstill: Bool)]) -> UInt64 {
            var mean = SettledMean()
            for _ in 0..<10 { mean.add(count: 10, sum: 100) }
            for stall in stalls {
                mean.add(
                    count: stall.count, sum: stall.sum, isStandstill: stall.isStandstill)
            }
            for _ in 0..<2 { mean.add(count: 10, sum: 100) }
            return mean.value
        }
        #expect(mean([(3, 3_000, true), (0, 0, true), (4, 4_000, true)]) == 10)
        #expect(mean([(3, 3_000, true), (0, 0, true), (4, 4_000, false)]) > 100, "without it")
        let long = [(count: UInt64, sum: UInt64, isStandstill: Bool)](
            repeating: (1, 1_000, true), count: 14)
        #expect(mean(long) > 100, "more than a second is no standstill")
        let well = (count: UInt64(10), sum: UInt64(100), isStandstill: false)
        #expect(mean([(3, 3_000, true), well, (3, 3_000, true)]) > 100, "twice within 5 s")
    }

    @Test("a hiccup of the disk at low traffic, once in ten seconds, is no strain")
    func hiccups() {
        var pattern = [(count: UInt64, milliseconds: UInt64)](repeating: (1, 2), count: 100)
        pattern[50] = (2, 400)
        for quiet in stride(from: 4, to: 100, by: 5) { pattern[quiet] = (0, 0) }
        #expect(level(seconds: 600, pattern) == .calm)
        let rare = [(count: UInt64, milliseconds: UInt64)](repeating: (0, 0), count: 99)
        #expect(level(seconds: 600, rare + [(1, 400)]) == .calm)
    }

    @Test(
        "a disk that is always slow is strain, however few syncs it makes",
        arguments: [1, 2, 5, 10, 14])
    func slowDisk(beats: Int) {
        let waiting = [(count: UInt64, milliseconds: UInt64)](repeating: (0, 0), count: beats - 1)
        #expect(level(seconds: 10, waiting + [(1, UInt64(beats) * 100)]) >= .strained)
    }

    @Test("a disk that stalls again and again is strain", arguments: [(3, 4), (20, 4), (30, 10)])
    func stalls(empty: Int, good: Int) {
        let stall = [(count: UInt64, milliseconds: UInt64)](repeating: (0, 0), count: empty)
        // Those who came meanwhile waited half of it.
        let waited = (count: UInt64(empty) * 20, milliseconds: UInt64(empty) * 50)
        let well = [(count: UInt64, milliseconds: UInt64)](repeating: (20, 2), count: good)
        #expect(level(seconds: 10, stall + [waited] + well) >= .strained)
    }
}
