/// How a histogram divides its values: log-linear, eight equal buckets in each power of two.
///
/// A bucket's upper edge belongs to it, so that the buckets up to a power of two hold exactly the
/// values `<=` it: what Prometheus means by `le`. So the edges are those of `value - 1`, in binary:
///
/// ```
/// values    0 1 │ 2 │ 3 │ … │ 8 │ 9 │ … │ 16 │ 17 18 │ 19 20 │ … │ 31 32 │ 33 … 36 │ …
/// buckets    0    1   2   …   7   8   …   15     16      17    …     23       24
/// ```
///
/// A bucket is at most an eighth as wide as its lower edge. What is above 2^36 (68.7 s, if values
/// are nanoseconds) has one bucket together.
package enum HistogramBuckets {
    /// The power of two up to which values are told apart.
    package static var lastOctave: Int { 36 }
    /// Buckets: 8 for values up to 8, 8 for each octave after, and the one of larger values.
    package static var count: Int { (lastOctave - 2) * 8 + 1 }

    /// The bucket that a value falls into.
    package static func index(of value: UInt64) -> Int {
        let below = value == 0 ? 0 : value &- 1
        if below < 8 { return Int(truncatingIfNeeded: below) }
        let octave = 63 &- below.leadingZeroBitCount
        if octave >= lastOctave { return count &- 1 }
        // The three bits after the leading one say which eighth.
        let eighth = Int(truncatingIfNeeded: below &>> UInt64(octave &- 3)) & 7
        return (octave &- 2) &* 8 &+ eighth
    }

    /// The largest value of a bucket; `UInt64.max` for the last.
    package static func upperEdge(of index: Int) -> UInt64 {
        precondition(index >= 0 && index < count, "a bucket of the histogram")
        if index < 8 { return UInt64(index) + 1 }
        if index == count - 1 { return .max }
        let octave = index / 8 + 2
        return (UInt64(index % 8) + 9) << UInt64(octave - 3)
    }

    /// The smallest value of a bucket; 0 for the first.
    package static func lowerEdge(of index: Int) -> UInt64 {
        index == 0 ? 0 : upperEdge(of: index - 1) + 1
    }
}
