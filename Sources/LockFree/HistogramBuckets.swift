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
///
/// The buckets that ``decimalBounds`` fall into are divided there, so that counts up to 5, 10, 25
/// milliseconds and so on are exact, too: a service level is agreed on in such numbers. Since a
/// bound is at least twice the one before, no power of two has more than one of them.
package enum HistogramBuckets {
    /// The power of two up to which values are told apart.
    package static var lastOctave: Int { 36 }
    /// Buckets: 8 for values up to 8, 8 for each octave after, the one of larger values, and one
    /// more for each decimal bound.
    package static var count: Int { (lastOctave - 2) * 8 + 1 + 21 }

    /// 1, 2.5 and 5 times each power of ten, from 10^4 (10 us, if values are nanoseconds) to
    /// 5 * 10^10 (50 s).
    package static let decimalBounds: [UInt64] = (0..<64).map { decimalBound(inOctave: $0).value }
        .filter { $0 < .max }

    /// The bucket that a value falls into.
    package static func index(of value: UInt64) -> Int {
        let below = value == 0 ? 0 : value &- 1
        if below < 8 { return Int(truncatingIfNeeded: below) }
        let octave = 63 &- below.leadingZeroBitCount
        if octave >= lastOctave { return count &- 1 }
        // The three bits after the leading one say which eighth.
        let eighth = Int(truncatingIfNeeded: below &>> UInt64(octave &- 3)) & 7
        let bound = decimalBound(inOctave: octave)
        return (octave &- 2) &* 8 &+ eighth &+ bound.before &+ (value > bound.value ? 1 : 0)
    }

    /// The decimal bound above 2^`octave` and up to twice that, `.max` where there is none; and how
    /// many lie before it. Constants by a small number: the compiler makes tables of them.
    private static func decimalBound(inOctave octave: Int) -> (value: UInt64, before: Int) {
        switch octave {
        case 13: (10_000, 0)
        case 14: (25_000, 1)
        case 15: (50_000, 2)
        case 16: (100_000, 3)
        case 17: (250_000, 4)
        case 18: (500_000, 5)
        case 19: (1_000_000, 6)
        case 20: (.max, 7)
        case 21: (2_500_000, 7)
        case 22: (5_000_000, 8)
        case 23: (10_000_000, 9)
        case 24: (25_000_000, 10)
        case 25: (50_000_000, 11)
        case 26: (100_000_000, 12)
        case 27: (250_000_000, 13)
        case 28: (500_000_000, 14)
        case 29: (1_000_000_000, 15)
        case 30: (.max, 16)
        case 31: (2_500_000_000, 16)
        case 32: (5_000_000_000, 17)
        case 33: (10_000_000_000, 18)
        case 34: (25_000_000_000, 19)
        case 35: (50_000_000_000, 20)
        default: (.max, 0)
        }
    }

    /// The largest value of a bucket; `UInt64.max` for the last.
    package static func upperEdge(of index: Int) -> UInt64 {
        precondition(index >= 0 && index < count, "a bucket of the histogram")
        return upperEdges[index]
    }

    private static let upperEdges: [UInt64] = {
        var edges = decimalBounds
        for index in 0..<(lastOctave - 2) * 8 {
            edges.append(index < 8 ? UInt64(index) + 1 : binaryEdge(of: index))
        }
        return edges.sorted() + [.max]
    }()

    /// The upper edge of a bucket from the ninth on, were there no decimal bounds.
    private static func binaryEdge(of index: Int) -> UInt64 {
        let eighth = UInt64(index % 8) + 9
        return eighth << UInt64(index / 8 - 1)
    }

    /// The smallest value of a bucket; 0 for the first.
    package static func lowerEdge(of index: Int) -> UInt64 {
        index == 0 ? 0 : upperEdge(of: index - 1) + 1
    }
}
