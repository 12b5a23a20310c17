import Testing

@testable import Contract

@Suite("A mean that one hiccup does not move")
struct SettledMeanTests {
    private func mean(_ intervals: [(count: UInt64, sum: UInt64)]) -> UInt64 {
        var mean = SettledMean()
        for interval in intervals { mean.note(count: interval.count, sum: interval.sum) }
        return mean.value
    }

    @Test("it is the mean of all values, not of the intervals, without the worst interval")
    func mean() {
        #expect(mean([(1, 10), (9, 180), (1, 100)]) == 19)
        #expect(mean([(1, 100), (9, 180), (1, 10)]) == 19)
        #expect(mean([(2, 60), (2, 60)]) == 30, "one of two that are alike")
        #expect(mean([(2, 0), (2, 0)]) == 0)
    }

    @Test("of nothing, or of one interval alone, it is nothing")
    func nothing() {
        #expect(mean([]) == 0)
        #expect(mean([(0, 0), (0, 0)]) == 0)
        #expect(mean([(8, 8_000_000)]) == 0)
        #expect(mean([(0, 0), (8, 8_000_000), (0, 0)]) == 0)
    }

    @Test("the last five intervals count")
    func window() {
        let bad: (UInt64, UInt64) = (1, 1_000)
        let good: (UInt64, UInt64) = (1, 1)
        #expect(mean([bad, bad, good, good, good]) == 250)
        #expect(mean([bad, bad, good, good, good, good]) == 1, "one bad one is left")
        #expect(mean([bad, bad, good, good, good, good, good, good]) == 1)
    }

    @Test("empty intervals change nothing for three seconds, then what was before them is over")
    func empty() {
        var mean = SettledMean()
        mean.note(count: 1, sum: 500)
        mean.note(count: 1, sum: 500)
        for _ in 0..<28 {
            mean.note(count: 0, sum: 0)
            #expect(mean.value == 500)
        }
        mean.note(count: 0, sum: 0)
        #expect(mean.value == 0)
    }

    /// Eight entries a second, one at a time, and a disk that is slow once in ten seconds.
    @Test("a hiccup of the disk at low traffic is no strain")
    func hiccups() {
        var mean = SettledMean()
        var follower = PressureFollower()
        for beat in 0..<6_000 {
            let isEmpty = beat % 5 == 4
            let time: UInt64 = beat % 100 == 50 ? 400_000_000 : 500_000
            mean.note(count: isEmpty ? 0 : 2, sum: isEmpty ? 0 : 2 * time)
            var figures = PressureFigures()
            figures.commit = Int(mean.value / 1_000)
            #expect(follower.follow(figures) == .calm)
        }
    }

    @Test(
        "a disk that is always slow is strain, however few syncs it makes",
        arguments: [1, 2, 5, 10, 14])
    func slowDisk(beats: Int) {
        var mean = SettledMean()
        var follower = PressureFollower()
        for beat in 1...(3 * beats + 3) {
            let isDone = beat % beats == 0
            mean.note(count: isDone ? 1 : 0, sum: isDone ? UInt64(beats) * 100_000_000 : 0)
            var figures = PressureFigures()
            figures.commit = Int(mean.value / 1_000)
            _ = follower.follow(figures)
        }
        #expect(follower.level >= .strained)
    }
}
