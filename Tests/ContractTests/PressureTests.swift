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
        arguments: 0..<20 as Range<UInt64>)
    func edge(seed: UInt64) {
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
            let level = classifier.classify(figures(wait: isStrained ? 40_000 : 1_000))
            if level != before { changes.append(beat) }
            before = level
        }
        #expect(changes.count <= 5, "\(changes)")
    }
}
