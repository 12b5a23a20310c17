/// The mean of the measurements in the last few intervals, without a single outlier.
///
/// One slow sync of a disk or one pause of a host is not strain, but with few other measurements it
/// would dominate the mean. So an interval more than twice as bad as all others of the last five
/// seconds does not count; a second one does. Intervals in which the disk stands still are one
/// interval: who came meanwhile is decided when it is over, in whichever intervals that is.
///
/// An interval without measurements changes nothing: the ones before it still count.
package struct SettledMean: Sendable {
    /// The measurements of the last five seconds, oldest first, without empty intervals.
    private var intervals: [Interval] = []
    /// The number of intervals so far, including empty ones.
    private var elapsed = 0
    /// The first interval of the standstill in hand; `nil` without one.
    private var standstill: Int?

    private struct Interval: BitwiseCopyable {
        var ordinal: Int
        var count: UInt64
        var sum: UInt64

        var mean: UInt64 { sum / count }
    }

    /// The number of intervals in the mean: half a second if none is empty.
    private static var maximum: Int { PressureClassifier.frequency / 2 }
    /// The number of intervals for which a measurement counts: three seconds.
    private static var lifetime: Int { 3 * PressureClassifier.frequency }
    /// The number of intervals within which a second outlier counts: five seconds.
    private static var memory: Int { 5 * PressureClassifier.frequency }
    /// The number of intervals that a standstill makes one, at most: more than a second is none.
    private static var longestStandstill: Int { PressureClassifier.frequency + 2 }

    package init() {}

    /// Adds an interval.
    /// - Parameters:
    ///   - count: the number of values measured in it.
    ///   - sum: their sum.
    ///   - isStandstill: whether the disk stands still in it, or has just done so.
    package mutating func add(count: UInt64, sum: UInt64, isStandstill: Bool = false) {
        elapsed += 1
        standstill = isStandstill ? standstill ?? elapsed : nil
        if count > 0 { add(Interval(ordinal: elapsed, count: count, sum: sum)) }
        if let oldest = intervals.first, oldest.ordinal <= elapsed - Self.memory {
            intervals.removeFirst()
        }
    }

    private mutating func add(_ interval: Interval) {
        var interval = interval
        if let standstill, let last = intervals.last, last.ordinal >= standstill,
            interval.ordinal < standstill + Self.longestStandstill
        {
            // The worse one stands for all: what is quick again behind it must not hide it.
            if last.mean > interval.mean { (interval.count, interval.sum) = (last.count, last.sum) }
            intervals.removeLast()
        }
        intervals.append(interval)
    }

    /// The mean; 0 if nothing was measured, or only one outlier.
    package var value: UInt64 {
        let window = intervals.suffix(Self.maximum).drop { $0.ordinal <= elapsed - Self.lifetime }
        guard let worst = window.max(by: { $0.mean < $1.mean }) else { return 0 }
        let isHiccup = intervals.allSatisfy {
            $0.ordinal == worst.ordinal || $0.mean < worst.mean / 2
        }
        var count: UInt64 = 0
        var sum: UInt64 = 0
        for interval in window where !isHiccup || interval.ordinal != worst.ordinal {
            count += interval.count
            sum += interval.sum
        }
        return count == 0 ? 0 : sum / count
    }
}
