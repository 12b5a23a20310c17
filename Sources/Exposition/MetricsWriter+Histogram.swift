internal import Bytes
package import LockFree

/// What one unit of a histogram's values is, in the unit that it is exposed in.
package enum HistogramScale: Equatable, Sendable {
    /// Values count things: `le="1.0"`, `le="2.0"`, `le="4.0"`, …
    case ones
    /// Values are nanoseconds, exposed in seconds.
    case nanoseconds
    /// Values are microseconds, exposed in seconds: `le="0.001024"`.
    case microseconds

    /// Decimal places from a value to what is exposed.
    var decimals: Int {
        switch self {
        case .ones: 0
        case .nanoseconds: 9
        case .microseconds: 6
        }
    }
}

extension MetricsWriter {
    /// The samples of one histogram: its buckets, count and sum.
    ///
    /// Bounds are the powers of two of `octaves`, each `step`-th. They are edges of the histogram's
    /// own buckets, so the counts are exact; bounds and sum are written as exact decimals.
    ///
    /// - Parameters:
    ///   - octaves: within 0...``HistogramBuckets/lastOctave``; a bound is 2^octave values' units.
    ///   - step: octaves from one bound to the next.
    /// - Precondition: a histogram's family is at hand, with the unit `seconds` exactly if the
    ///   scale
    ///   is one of time.
    package mutating func histogram(
        _ snapshot: HistogramSnapshot, scale: HistogramScale, octaves: ClosedRange<Int>,
        step: Int = 1, _ labels: (inout LabelSet) -> Void = { _ in }
    ) {
        guard let family else { preconditionFailure("a sample follows its family") }
        precondition(family.type == .histogram, "a snapshot is a histogram's")
        precondition(family.isInSeconds == (scale != .ones), "a histogram of its family's unit")
        gather(labels)
        for octave in stride(from: octaves.lowerBound, through: octaves.upperBound, by: step) {
            beginBucket(family.name)
            buffer.append(canonical: 1 << UInt64(octave), decimals: scale.decimals)
            buffer.append("\"} ")
            buffer.append(decimal: snapshot.cumulativeCount(atMostOctave: octave))
            buffer.append(ASCII.lineFeed)
        }
        let count = snapshot.count
        beginBucket(family.name)
        buffer.append("+Inf\"} ")
        buffer.append(decimal: count)
        buffer.append(ASCII.lineFeed)
        buffer.append(family.name)
        buffer.append("_sum")
        buffer.appendBraced(self.labels)
        buffer.append(snapshot.sum, decimals: scale.decimals)
        buffer.append(ASCII.lineFeed)
        buffer.append(family.name)
        buffer.append("_count")
        buffer.appendBraced(self.labels)
        buffer.append(decimal: count)
        buffer.append(ASCII.lineFeed)
    }

    /// Up to the bound's value: `name_bucket{labels,le="`.
    private mutating func beginBucket(_ name: StaticString) {
        buffer.append(name)
        buffer.append("_bucket{")
        if labels.count > 0 {
            buffer.append(labels.bytes)
            buffer.append(ASCII.comma)
        }
        buffer.append("le=\"")
    }
}
