/// How much work challenges ask for: PBKDF2 iterations of an attempt, times the number of attempts.
///
/// The gateway draws the counter that solves a challenge from a range, and a client tries one
/// counter after the other from 0: so the work is known exactly, and bounded. At the usual level,
/// with the default of 1,000 iterations and counters from 160 to 800, it is 480,000 iterations on
/// average and 801,000 at most. A phone that makes 160,000 iterations a second in one worker is
/// done in 5 s at most, one of 2,000,000 (a phone of today) in 0.4 s.
package struct ChallengeDifficulty: Equatable, Sendable {
    /// Iterations of one attempt.
    package let cost: UInt32
    /// The highest counter at the usual level.
    package let counters: UInt32

    /// How suspect a client is.
    package enum Level: UInt8, CaseIterable, Sendable, BitwiseCopyable {
        case usual = 1
        /// Four times the usual work.
        case raised = 2
        /// Sixteen times the usual work.
        case high = 3

        /// How many times the usual wait replaces the work, where a client cannot do it; nil where
        /// no wait does.
        package var waitFactor: Int? {
            switch self {
            case .usual: 1
            case .raised: 4
            case .high: nil
            }
        }

        fileprivate var factor: UInt32 { 1 << (2 * UInt32(rawValue - 1)) }
    }

    /// Of an operation, one entry in so many milliseconds is let in at a worker that waited in
    /// place of work: otherwise a program would wait for thousands of entries at once.
    package static var waitIntervalMilliseconds: Int64 { 5_000 }

    /// - Precondition: both are positive, and the highest level's counters have 32 bits.
    package init(cost: UInt32, counters: UInt32) {
        precondition(cost > 0 && counters > 0 && counters <= .max / 16, "a difficulty in range")
        self.cost = cost
        self.counters = counters
    }

    /// What the counters of a level are drawn from. None is below a fifth of the highest, so nobody
    /// is done at once by luck.
    package func counters(of level: Level) -> ClosedRange<UInt32> {
        let highest = counters * level.factor
        return highest / 5...highest
    }

    /// A counter of a level, drawn from 64 random bits: each is as likely as any other, to 2⁻³².
    package func counter(of level: Level, random: UInt64) -> UInt32 {
        let range = counters(of: level)
        let count = UInt64(range.upperBound - range.lowerBound) + 1
        return range.lowerBound + UInt32(random.multipliedFullWidth(by: count).high)
    }
}
