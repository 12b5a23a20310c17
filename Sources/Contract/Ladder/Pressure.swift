/// How hard the gateway is pushed.
package enum PressureLevel: Int, Codable, Sendable, CaseIterable, Comparable {
    case calm, strained, critical

    /// As the interface calls it.
    package var name: StaticString {
        switch self {
        case .calm: "calm"
        case .strained: "strained"
        case .critical: "critical"
        }
    }

    package static func < (left: PressureLevel, right: PressureLevel) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// What was measured of the gateway lately, as far as the level goes by it. Times are means that
/// one hiccup does not move (``SettledMean``), of the last half second where there was enough.
package struct PressureFigures: Equatable, Codable, Sendable, BitwiseCopyable {
    /// Mean wait of an entry for the sequencer, microseconds.
    package var queueWait = 0
    /// Mean time of a commit, microseconds.
    package var commit = 0
    /// Mean time until a loop read what was left for it, microseconds.
    package var loopLag = 0
    /// Requests that were shed because a ring was full, a second.
    package var shed = 0
    /// Share of ten seconds that a task waited for memory (PSI), permille.
    package var memory = 0

    package init() {}

    /// Every one of them.
    var all: [Int] { [queueWait, commit, loopLag, shed, memory] }

    private enum CodingKeys: String, CodingKey {
        case shed
        case queueWait = "queue_wait_us"
        case commit = "commit_us"
        case loopLag = "loop_lag_us"
        case memory = "memory_permille"
    }
}

/// Follows the figures to a level that does not flicker.
///
/// Each level has two bounds: one to rise above, one to fall below, half as high. Rising takes
/// three samples in a row, so that what is over at once is not acted upon; falling takes a calm
/// while, and each fall that was followed by another rise soon after doubles that while. So a load
/// that sits on a bound is told as strained once, and not again and again.
package struct PressureClassifier: Sendable {
    package private(set) var level = PressureLevel.calm
    /// Samples in a row that were above, and below, the level.
    private var above = 0
    private var below = 0
    /// How many samples below make it fall.
    private var patience = PressureClassifier.minimumPatience
    /// Samples since the last fall.
    private var sinceFall = Int.max

    /// Samples a second that it is made for.
    package static var frequency: Int { 10 }
    private static var samplesToRise: Int { 3 }
    private static var minimumPatience: Int { 3 * frequency }
    private static var maximumPatience: Int { 120 * frequency }
    /// A rise so soon after a fall shows that the fall came too early.
    private static var soon: Int { 60 * frequency }

    /// Microseconds of waiting above which a level begins.
    package static func bound(of level: PressureLevel) -> Int {
        switch level {
        case .calm: 0
        case .strained: 25_000
        case .critical: 250_000
        }
    }

    private static func memoryBound(of level: PressureLevel) -> Int {
        level == .critical ? 200 : 50
    }

    package init() {}

    /// Takes the next sample in.
    /// - Returns: the level from now on.
    package mutating func classify(_ figures: PressureFigures) -> PressureLevel {
        if sinceFall < .max { sinceFall += 1 }
        let reached = Self.level(of: figures, scaledBy: 1)
        let kept = Self.level(of: figures, scaledBy: 2)
        above = reached > level ? above + 1 : 0
        below = kept < level ? below + 1 : 0
        if above >= Self.samplesToRise {
            rise(to: reached)
        } else if below >= patience {
            fall()
        }
        return level
    }

    private mutating func rise(to reached: PressureLevel) {
        if level == .calm {
            patience =
                sinceFall < Self.soon
                ? min(patience * 2, Self.maximumPatience) : Self.minimumPatience
        }
        level = reached
        above = 0
        below = 0
    }

    private mutating func fall() {
        level = level == .critical ? .strained : .calm
        below = 0
        if level == .calm { sinceFall = 0 }
    }

    /// The level whose bounds, divided by `divisor`, are exceeded.
    private static func level(
        of figures: PressureFigures, scaledBy divisor: Int
    ) -> PressureLevel {
        let worst = max(figures.queueWait, figures.commit, figures.loopLag)
        for level in [PressureLevel.critical, .strained] {
            if worst > bound(of: level) / divisor { return level }
            if figures.memory > memoryBound(of: level) / divisor { return level }
        }
        return figures.shed > 0 ? .strained : .calm
    }
}
