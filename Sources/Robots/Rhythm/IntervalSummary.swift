/// What is kept of the times between entries: how many, their sum, the sum of their logarithms.
///
/// These three suffice to compare gamma distributions of any shape whatever the mean, which nobody
/// knows beforehand.
struct IntervalSummary: BitwiseCopyable, Equatable, Sendable {
    /// In milliseconds.
    private(set) var sum: Float = 0
    /// In bits.
    private(set) var logSum: Float = 0
    /// ``count``; last, so that its owner's next field fills the line.
    private var held: UInt16 = 0

    /// Intervals, at most ``maximumCount``.
    var count: UInt32 { UInt32(held) }

    /// When so many are held, they count for half as many: older ones fade.
    static let maximumCount: UInt32 = 48

    init() {}

    init(count: UInt32, sum: Float, logSum: Float) {
        held = UInt16(truncatingIfNeeded: count)
        self.sum = sum
        self.logSum = logSum
    }

    /// After so long a silence intervals begin anew. Days from one visit to the next say nothing of
    /// robots: people have habits.
    static let restartMilliseconds: UInt32 = 1_800_000
    /// Two threads may hand over their entries in another order than these came.
    private static let disorderMilliseconds: UInt32 = 60_000

    /// While intervals are shorter than this they are left out: half of what ``Regularity`` looks
    /// at, so that what is left out cannot make the rest look regular.
    private static let busyMilliseconds: UInt32 = 12

    /// Adds the interval between two times, or begins anew.
    @inline(__always)
    mutating func add(from last: UInt32, to now: UInt32) {
        let interval = now &- last
        if interval < Self.busyMilliseconds, count == Self.maximumCount,
            sum < Float(Self.busyMilliseconds * Self.maximumCount)
        {
            return
        }
        if interval <= Self.restartMilliseconds {
            add(milliseconds: interval)
        } else if last &- now <= Self.disorderMilliseconds {
            add(milliseconds: 0)
        } else {
            self = IntervalSummary()
        }
    }

    /// Adds an interval, drawn into a sixth to three times the mean so far.
    ///
    /// One pause, or one click too many, must not wipe out what hundreds of equal intervals have
    /// shown. Both regular hypotheses hold such an interval for nearly impossible, so that drawing
    /// it in adds less than 0.3 % an interval to the rate of wrong verdicts.
    mutating func add(milliseconds: UInt32) {
        var interval = Float(max(milliseconds, 1))
        if count >= 3 {
            // Compared by products: most intervals are within, and need no mean.
            let scaled = interval * Float(count)
            if scaled * 6 < sum {
                interval = max(sum / (6 * Float(count)), 1)
            } else if scaled > sum * 3 {
                interval = sum * 3 / Float(count)
            }
        }
        if count == Self.maximumCount {
            held /= 2
            sum /= 2
            logSum /= 2
        }
        held += 1
        sum += interval
        logSum += Float(BinaryLogarithm.of(Double(interval)))
    }

    /// The mean interval in milliseconds; 0 if there is none.
    var mean: Double { count == 0 ? 0 : Double(sum) / Double(count) }

    /// How much smaller the mean logarithm is than the mean's logarithm, in bits: 0 for equal
    /// intervals, 0.83 for exponential ones.
    var dispersion: Double {
        guard count > 0 else { return 0 }
        return max(BinaryLogarithm.of(mean) - Double(logSum) / Double(count), 0)
    }

    /// The coefficient of variation in per cent, as near as ``dispersion`` tells: exact for small
    /// ones.
    var variationPercent: Int32 {
        Int32((100 * (2 * dispersion * 0.693_147_180_559_945).squareRoot()).rounded())
    }
}
