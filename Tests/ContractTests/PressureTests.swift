import TestSupport
import Testing

@testable import Contract

@Suite("Pressure")
struct PressureTests {
    private func figures(wait: Int = 0, memory: Int = 0, shed: Int = 0) -> PressureFigures {
        var figures = PressureFigures()
        figures.queueWait = wait
        figures.memory = memory
        figures.shed = shed
        return figures
    }

    private func settled(on figures: PressureFigures) -> PressureLevel {
        var classifier = PressureClassifier()
        for _ in 0..<10 { _ = classifier.classify(figures) }
        return classifier.level
    }

    @Test("the level follows the worst of what was measured")
    func levels() {
        for field in [\PressureFigures.queueWait, \.commit, \.loopLag, \.unreadWait] {
            for (value, level) in [
                (0, PressureLevel.calm), (25_000, .calm), (25_001, .strained),
                (250_000, .strained), (250_001, .critical),
            ] {
                var figures = PressureFigures()
                figures[keyPath: field] = value
                #expect(settled(on: figures) == level, "\(value) us")
            }
        }
        #expect(settled(on: figures(memory: 50)) == .calm)
        #expect(settled(on: figures(memory: 51)) == .strained)
        #expect(settled(on: figures(memory: 201)) == .critical)
        #expect(settled(on: figures(shed: 1)) == .strained)
    }

    @Test("what waits unread and then for a decision has waited for both")
    func bothWaits() {
        func level(unread: Int, wait: Int, commit: Int = 0) -> PressureLevel {
            var figures = PressureFigures()
            (figures.unreadWait, figures.queueWait) = (unread, wait)
            figures.calmCommit = commit
            return settled(on: figures)
        }
        #expect(level(unread: 12_500, wait: 12_500) == .calm)
        #expect(level(unread: 12_501, wait: 12_500) == .strained)
        #expect(level(unread: 125_001, wait: 125_000) == .critical)
        #expect(level(unread: 24_000, wait: 8_000, commit: 9_000) == .calm, "the disk's own")
        #expect(level(unread: 24_000, wait: 10_001, commit: 9_000) == .strained)
        #expect(level(unread: 25_001, wait: 0, commit: 9_000) == .strained)
    }

    @Test("a disk is held against itself: one whose every sync takes 30 ms is calm")
    func slowDisk() {
        func level(calm: Int, commit: Int, wait: Int) -> PressureLevel {
            var figures = PressureFigures()
            (figures.calmCommit, figures.commit, figures.queueWait) = (calm, commit, wait)
            return settled(on: figures)
        }
        #expect(level(calm: 30_000, commit: 31_000, wait: 29_000) == .calm)
        #expect(level(calm: 30_000, commit: 90_000, wait: 55_000) == .calm)
        #expect(level(calm: 30_000, commit: 90_001, wait: 0) == .strained)
        #expect(level(calm: 30_000, commit: 30_000, wait: 55_001) == .strained)
        #expect(level(calm: 30_000, commit: 300_001, wait: 0) == .critical)
        #expect(level(calm: 100, commit: 20_000, wait: 0) == .calm, "a fast disk has a floor")
        #expect(level(calm: 100, commit: 25_001, wait: 0) == .strained)
        let limits = PressureLimits.inForce(calmCommit: 30_000)
        #expect(limits.strainedQueueWait == 55_000 && limits.strainedCommit == 90_000)
    }

    @Test("what a commit takes without load is learned from small ones, and a little in calm")
    func calmCommit() {
        var calm = CalmCommit()
        #expect(calm.microseconds == 0)
        calm.add(count: 1, sum: 200_000, records: 1, level: .critical)
        #expect(calm.microseconds == 200, "the first shows it")
        for _ in 0..<100 { calm.add(count: 9, sum: 900_000_000, records: 900, level: .strained) }
        #expect(calm.microseconds == 200, "under load nothing is learned")
        for _ in 0..<10 { calm.add(count: 3, sum: 90_000_000, records: 6, level: .strained) }
        #expect((25_000...30_000).contains(calm.microseconds), "within a second")
        for _ in 0..<100 { calm.add(count: 1, sum: 5_000_000_000, records: 1, level: .calm) }
        #expect(calm.microseconds == 1_000_000, "a disk that takes longer stands still")
        for _ in 0..<100 { calm.add(count: 0, sum: 0, records: 0, level: .calm) }
        #expect(calm.microseconds == 1_000_000)
    }

    @Test("a disk that has become slow is known within two seconds, whatever each commit carries")
    func slowByItself() {
        for (milliseconds, perSecond) in [(100, 40), (300, 40), (300, 400), (900, 450)] {
            var calm = CalmCommit()
            calm.add(count: 1, sum: 1_000_000, records: 1, level: .calm)
            var since = 0
            var beats = 0
            while beats < 20, calm.microseconds < milliseconds * 1_000 {
                beats += 1
                since += 100
                let isCommit = since >= milliseconds
                if isCommit { since -= milliseconds }
                calm.add(
                    count: isCommit ? 1 : 0, sum: isCommit ? UInt64(milliseconds) * 1_000_000 : 0,
                    records: isCommit ? UInt64(perSecond * milliseconds / 1_000) : 0,
                    level: .strained)
            }
            #expect(
                calm.microseconds > milliseconds * 900,
                "\(milliseconds) ms, \(perSecond) a second: \(calm.microseconds)")
        }
    }

    @Test("a disk that entries keep busy, and one that stands still now and then, is not slow")
    func busyOrStill() {
        var busy = CalmCommit()
        busy.add(count: 1, sum: 1_000_000, records: 1, level: .calm)
        // Half a millisecond for each entry, and more come than it stores.
        for _ in 0..<600 { busy.add(count: 1, sum: 100_000_000, records: 200, level: .strained) }
        #expect(busy.microseconds == 1_000)
        var still = CalmCommit()
        still.add(count: 1, sum: 1_000_000, records: 1, level: .calm)
        for beat in 0..<600 {
            // Two commits of 400 ms, then three tenths as ever, over and over.
            switch beat % 11 {
            case 3, 7: still.add(count: 1, sum: 400_000_000, records: 8, level: .strained)
            case 8...: still.add(count: 90, sum: 90_000_000, records: 720, level: .strained)
            default: still.add(count: 0, sum: 0, records: 0, level: .strained)
            }
        }
        #expect(still.microseconds == 1_000)
    }

    @Test("a disk that is quick again is known at once, under any load")
    func quickAgain() {
        var calm = CalmCommit()
        calm.add(count: 1, sum: 300_000_000, records: 1, level: .calm)
        for _ in 0..<50 { calm.add(count: 90, sum: 90_000_000, records: 9_000, level: .strained) }
        #expect(calm.microseconds < 30_000, "\(calm.microseconds)")
    }

    @Test("a disk that becomes slow between two entries a second is no strain")
    func suddenlySlow() {
        var (mean, calm, classifier) = (SettledMean(), CalmCommit(), PressureClassifier())
        for beat in 0..<600 {
            let (count, each): (UInt64, UInt64) = (beat % 3 == 0 ? 1 : 0, beat < 100 ? 200 : 30_000)
            mean.add(count: count, sum: count * each * 1_000)
            calm.add(
                count: count, sum: count * each * 1_000, records: count, level: classifier.level)
            var figures = PressureFigures()
            (figures.commit, figures.calmCommit) = (Int(mean.value / 1_000), calm.microseconds)
            #expect(classifier.classify(figures) == .calm, "beat \(beat)")
        }
    }

    @Test("one bad sample, or two, are a hiccup; three are strain")
    func hiccup() {
        var classifier = PressureClassifier()
        let bad = figures(wait: 100_000)
        for _ in 0..<100 {
            #expect(classifier.classify(bad) == .calm)
            #expect(classifier.classify(bad) == .calm)
            #expect(classifier.classify(figures()) == .calm)
        }
        _ = classifier.classify(bad)
        _ = classifier.classify(bad)
        #expect(classifier.classify(bad) == .strained)
    }

    @Test("it falls after three calm seconds, and calm is half of what strain is")
    func falling() {
        var classifier = PressureClassifier()
        for _ in 0..<3 { _ = classifier.classify(figures(wait: 30_000)) }
        for _ in 0..<1_000 { #expect(classifier.classify(figures(wait: 13_000)) == .strained) }
        for _ in 0..<29 { #expect(classifier.classify(figures(wait: 12_000)) == .strained) }
        #expect(classifier.classify(figures(wait: 12_000)) == .calm)
    }

    @Test("critical goes by way of strained")
    func fallingByOne() {
        var classifier = PressureClassifier()
        for _ in 0..<3 { _ = classifier.classify(figures(wait: 300_000)) }
        #expect(classifier.level == .critical)
        for _ in 0..<30 { _ = classifier.classify(figures()) }
        #expect(classifier.level == .strained)
        for _ in 0..<30 { _ = classifier.classify(figures()) }
        #expect(classifier.level == .calm)
    }

    @Test(
        "on the edge for ten minutes it changes a few times, and ever less",
        arguments: 0..<20 as Range<UInt64>, [(1_000, 40_000), (40_000, 400_000)])
    func edge(seed: UInt64, waits: (less: Int, more: Int)) {
        var random = SeededGenerator(seed: seed)
        var classifier = PressureClassifier()
        var changes: [Int] = []
        var before = PressureLevel.calm
        // Four seconds of strain, four of calm, more or less, over and over: the worst there is.
        var left = 0
        var isStrained = false
        for beat in 0..<6_000 {
            if left == 0 {
                isStrained.toggle()
                left = 30 + Int(random.next() % 20)
            }
            left -= 1
            let level = classifier.classify(figures(wait: isStrained ? waits.more : waits.less))
            if level != before { changes.append(beat) }
            before = level
        }
        #expect(changes.count <= 5, "\(changes)")
    }
}
