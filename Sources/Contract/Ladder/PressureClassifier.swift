/// Derives a level with hysteresis from the figures.
///
/// Each level has two bounds: the level rises above the upper one and falls below the lower one,
/// which is half as high. A rise takes three samples in a row, so that short peaks have no effect.
/// A fall takes a calm period, which doubles after each fall that another rise to the same level
/// follows soon. So a load near a bound raises the level once instead of again and again.
///
/// A disk is compared with itself: its commits count where they take several times what they take
/// without load (``PressureLimits``).
package struct PressureClassifier: Sendable {
    package private(set) var level = PressureLevel.calm
    /// The number of consecutive samples above, and below, the level.
    private var above = 0
    private var below = 0
    private var strained = Patience()
    private var critical = Patience()

    /// How long a level is kept.
    private struct Patience {
        /// The number of samples below the level that make it fall.
        private(set) var samples = PressureClassifier.minimumPatience
        /// The number of samples since it fell last.
        private var sinceFall = Int.max

        mutating func pass() {
            if sinceFall < .max { sinceFall += 1 }
        }

        mutating func rise() {
            samples =
                sinceFall < PressureClassifier.soon
                ? min(samples * 2, PressureClassifier.maximumPatience)
                : PressureClassifier.minimumPatience
        }

        mutating func fall() { sinceFall = 0 }
    }

    /// Samples a second.
    package static var frequency: Int { 10 }
    private static var samplesToRise: Int { 3 }
    private static var minimumPatience: Int { 3 * frequency }
    private static var maximumPatience: Int { 120 * frequency }
    /// A rise within this many samples after a fall shows that the fall came too early.
    private static var soon: Int { 60 * frequency }

    /// The wait in microseconds above which a level begins.
    package static func bound(of level: PressureLevel) -> Int {
        switch level {
        case .calm: 0
        case .strained: 25_000
        case .critical: 250_000
        }
    }

    /// The share of time, in permille, that tasks wait for memory above which a level begins.
    static func memoryBound(of level: PressureLevel) -> Int {
        level == .critical ? 200 : 50
    }

    package init() {}

    /// Adds the next sample.
    /// - Returns: the resulting level.
    package mutating func classify(_ figures: PressureFigures) -> PressureLevel {
        strained.pass()
        critical.pass()
        let reached = Self.level(of: figures, scaledBy: 1)
        let kept = Self.level(of: figures, scaledBy: 2)
        above = reached > level ? above + 1 : 0
        below = kept < level ? below + 1 : 0
        if above >= Self.samplesToRise {
            rise(to: reached)
        } else if below >= (level == .critical ? critical : strained).samples {
            fall()
        }
        return level
    }

    private mutating func rise(to reached: PressureLevel) {
        if level == .calm { strained.rise() }
        if reached == .critical { critical.rise() }
        level = reached
        above = 0
        below = 0
    }

    private mutating func fall() {
        if level == .critical {
            level = .strained
            critical.fall()
        } else {
            level = .calm
            strained.fall()
        }
        below = 0
    }

    /// Whether these figures are below the bounds at which a level ends: nobody waits, though the
    /// level may not have fallen yet.
    package static func isRelieved(_ figures: PressureFigures) -> Bool {
        level(of: figures, scaledBy: 2) == .calm
    }

    /// The level whose bounds, divided by `divisor`, are exceeded.
    private static func level(
        of figures: PressureFigures, scaledBy divisor: Int
    ) -> PressureLevel {
        let limits = PressureLimits.inForce(calmCommit: figures.calmCommit)
        for level in [PressureLevel.critical, .strained] {
            let commit = level == .critical ? limits.criticalCommit : limits.strainedCommit
            if figures.wait > bound(of: level) / divisor { return level }
            if figures.commit > commit / divisor { return level }
            if figures.memory > memoryBound(of: level) / divisor { return level }
        }
        return figures.shed > 0 ? .strained : .calm
    }
}
