/// The mean of what was measured in the last few intervals, without a worst one that stands alone.
///
/// One slow sync of a disk, or one pause of a host, is a hiccup and no strain. Where little else
/// happens beside it, it would be the mean of everything. So an interval that is more than twice as
/// bad as all others of the last five seconds does not count; the second such one does.
///
/// An interval in which nothing was measured says nothing, good or bad: the ones before it stand.
package struct SettledMean: Sendable {
    /// What was measured in the last five seconds, oldest first, without empty intervals.
    private var intervals: [Interval] = []
    /// How many intervals there were, with the empty ones.
    private var elapsed = 0

    private struct Interval: BitwiseCopyable {
        var ordinal: Int
        var count: UInt64
        var sum: UInt64

        var mean: UInt64 { sum / count }
    }

    /// Intervals that the mean is taken over: half a second where each has something.
    private static var maximum: Int { PressureClassifier.frequency / 2 }
    /// Intervals for which one counts: three seconds.
    private static var lifetime: Int { 3 * PressureClassifier.frequency }
    /// Intervals within which another one like it is no hiccup: five seconds.
    private static var memory: Int { 5 * PressureClassifier.frequency }

    package init() {}

    /// Takes an interval in.
    /// - Parameters:
    ///   - count: values that were measured in it.
    ///   - sum: all of them added up.
    package mutating func add(count: UInt64, sum: UInt64) {
        elapsed += 1
        if count > 0 { intervals.append(Interval(ordinal: elapsed, count: count, sum: sum)) }
        if let oldest = intervals.first, oldest.ordinal <= elapsed - Self.memory {
            intervals.removeFirst()
        }
    }

    /// The mean; 0 where nothing was measured, or only in one interval.
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
