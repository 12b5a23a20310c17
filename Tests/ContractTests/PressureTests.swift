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
        var follower = PressureFollower()
        for _ in 0..<10 { _ = follower.follow(figures) }
        return follower.level
    }

    @Test("the level follows the worst of what was measured")
    func levels() {
        for field in [\PressureFigures.queueWait, \.commit, \.loopLag] {
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
        var follower = PressureFollower()
        let bad = figures(wait: 100_000)
        for _ in 0..<100 {
            #expect(follower.follow(bad) == .calm)
            #expect(follower.follow(bad) == .calm)
            #expect(follower.follow(figures()) == .calm)
        }
        _ = follower.follow(bad)
        _ = follower.follow(bad)
        #expect(follower.follow(bad) == .strained)
    }

    @Test("it falls after three calm seconds, and calm is half of what strain is")
    func falling() {
        var follower = PressureFollower()
        for _ in 0..<3 { _ = follower.follow(figures(wait: 30_000)) }
        for _ in 0..<1_000 { #expect(follower.follow(figures(wait: 13_000)) == .strained) }
        for _ in 0..<29 { #expect(follower.follow(figures(wait: 12_000)) == .strained) }
        #expect(follower.follow(figures(wait: 12_000)) == .calm)
    }

    @Test("critical goes by way of strained")
    func fallingByOne() {
        var follower = PressureFollower()
        for _ in 0..<3 { _ = follower.follow(figures(wait: 300_000)) }
        #expect(follower.level == .critical)
        for _ in 0..<30 { _ = follower.follow(figures()) }
        #expect(follower.level == .strained)
        for _ in 0..<30 { _ = follower.follow(figures()) }
        #expect(follower.level == .calm)
    }

    @Test(
        "on the edge for ten minutes it changes a few times, and ever less",
        arguments: 0..<20 as Range<UInt64>)
    func edge(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var follower = PressureFollower()
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
            let level = follower.follow(figures(wait: isStrained ? 40_000 : 1_000))
            if level != before { changes.append(beat) }
            before = level
        }
        #expect(changes.count <= 5, "\(changes)")
    }
}
