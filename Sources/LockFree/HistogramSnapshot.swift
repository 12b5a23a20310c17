/// A histogram at one moment: buckets and sum of exactly the same values.
///
/// The count is not kept beside the buckets but added up from them, so the two cannot differ.
package struct HistogramSnapshot: Equatable, Sendable {
    /// Values of each bucket of ``HistogramBuckets``.
    package internal(set) var buckets: [UInt64]
    /// The values added up, exact; wraps at 2^64, which nanoseconds reach after 584 years.
    package internal(set) var sum: UInt64 = 0

    /// Of no values.
    package init() {
        buckets = [UInt64](repeating: 0, count: HistogramBuckets.count)
    }

    /// How many values there are.
    package var count: UInt64 {
        buckets.reduce(0, &+)
    }

    /// How many values are at most 2^`octave`. Exact, because that is an edge of the buckets.
    package func cumulativeCount(atMostOctave octave: Int) -> UInt64 {
        precondition(
            octave >= 0 && octave <= HistogramBuckets.lastOctave, "an octave of the histogram")
        let last = HistogramBuckets.index(of: 1 << UInt64(octave))
        return buckets[...last].reduce(0, &+)
    }

    /// How many values are at most `bound`. Exact.
    /// - Precondition: `bound` is a power of two, or of ``HistogramBuckets/decimalBounds``.
    package func cumulativeCount(atMost bound: UInt64) -> UInt64 {
        let last = HistogramBuckets.index(of: bound)
        precondition(
            HistogramBuckets.upperEdge(of: last) == bound, "a bound at an edge of the buckets")
        return buckets[...last].reduce(0, &+)
    }

    /// The value that a share `q` of all values does not exceed, to within its bucket (an eighth);
    /// interpolated as if the bucket's values lay evenly in it. Nil if there are none.
    ///
    /// For values beyond the last edge it is that edge: "at least this".
    /// - Precondition: `q` is in 0...1.
    package func quantile(_ q: Double) -> UInt64? {
        precondition(q >= 0 && q <= 1, "a quantile is a share")
        let count = self.count
        guard count > 0 else { return nil }
        let rank = max(1, (q * Double(count)).rounded(.up))
        var below: UInt64 = 0
        for index in buckets.indices where buckets[index] > 0 {
            let inside = buckets[index]
            if Double(below + inside) >= rank {
                let lower = HistogramBuckets.lowerEdge(of: index)
                if index == HistogramBuckets.count - 1 { return lower - 1 }
                let width = HistogramBuckets.upperEdge(of: index) - lower
                return lower + UInt64(Double(width) * (rank - Double(below)) / Double(inside))
            }
            below += inside
        }
        // Not reached but for the rounding of counts above 2^53.
        return 1 << UInt64(HistogramBuckets.lastOctave)
    }

    /// Adds the values of another histogram, as of another shard or route.
    package mutating func merge(_ other: HistogramSnapshot) {
        for index in buckets.indices { buckets[index] &+= other.buckets[index] }
        sum &+= other.sum
    }

    /// The values that came since an earlier snapshot of the same histogram.
    package func since(_ earlier: HistogramSnapshot) -> HistogramSnapshot {
        var rest = self
        for index in buckets.indices { rest.buckets[index] &-= earlier.buckets[index] }
        rest.sum &-= earlier.sum
        return rest
    }
}
