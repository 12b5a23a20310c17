/// The mean of what was measured in the last few intervals, without the worst of them.
///
/// One slow sync of a disk, or one pause of a host, is a hiccup and no strain. Where little else
/// happens beside it, it would be the mean of everything; so the interval with the greatest mean
/// does not count, and what is high in spite of that was high more than once.
///
/// An interval in which nothing was measured says nothing, good or bad: the ones before it stand.
package struct SettledMean: Sendable {
    /// What was measured, oldest first.
    private var intervals: [Interval] = []
    /// How many intervals there were, with the empty ones.
    private var elapsed = 0

    private struct Interval: BitwiseCopyable {
        var ordinal: Int
        var count: UInt64
        var sum: UInt64

        var mean: UInt64 { sum / count }
    }

    /// Intervals that count, the worst one included: half a second where each has something.
    private static var most: Int { PressureFollower.frequency / 2 }
    /// An interval counts for so many: three seconds. A disk that takes longer for one sync than
    /// that shows in entries that are shed.
    private static var lifetime: Int { 3 * PressureFollower.frequency }

    package init() {}

    /// Takes an interval in.
    /// - Parameters:
    ///   - count: values that were measured in it.
    ///   - sum: all of them added up.
    package mutating func note(count: UInt64, sum: UInt64) {
        elapsed += 1
        if count > 0 { intervals.append(Interval(ordinal: elapsed, count: count, sum: sum)) }
        let isSpent = intervals.count > Self.most
        if let oldest = intervals.first, isSpent || oldest.ordinal <= elapsed - Self.lifetime {
            intervals.removeFirst()
        }
    }

    /// The mean; 0 where nothing was measured, or only in one interval.
    package var value: UInt64 {
        var count: UInt64 = 0
        var sum: UInt64 = 0
        var worst: Interval?
        for interval in intervals {
            count += interval.count
            sum += interval.sum
            if interval.mean >= worst?.mean ?? 0 { worst = interval }
        }
        guard let worst, count > worst.count else { return 0 }
        return (sum - worst.sum) / (count - worst.count)
    }
}
