internal import Bytes
package import LockFree

/// The conversion from a histogram's values to the exposed unit.
package enum HistogramScale: Equatable, Sendable {
    /// Plain counts: `le="1.0"`, `le="2.0"`, `le="4.0"`, …
    case ones
    /// Nanoseconds, exposed in seconds.
    case nanoseconds
    /// Microseconds, exposed in seconds: `le="0.001024"`.
    case microseconds

    /// Decimal places between a value and its exposed form.
    var decimals: Int {
        switch self {
        case .ones: 0
        case .nanoseconds: 9
        case .microseconds: 6
        }
    }
}

extension MetricsWriter {
    /// Writes the samples of one histogram: its buckets, count and sum.
    ///
    /// The bounds are every `step`-th power of two in `octaves`. They are edges of the histogram's
    /// own buckets, so the counts are exact; bounds and sum are exact decimals.
    ///
    /// - Parameters:
    ///   - octaves: within 0...``HistogramBuckets/lastOctave``; a bound is 2^octave values' units.
    ///   - step: octaves from one bound to the next.
    /// - Precondition: the current family is a histogram, with the unit `seconds` exactly if the
    ///   scale is one of time.
    package mutating func histogram(
        _ snapshot: HistogramSnapshot, scale: HistogramScale, octaves: ClosedRange<Int>,
        step: Int = 1, _ labels: (inout LabelSet) -> Void = { _ in }
    ) {
        let octaves = stride(from: octaves.lowerBound, through: octaves.upperBound, by: step)
        let buckets = octaves.map { octave in
            (
                bound: UInt64(1) << UInt64(octave),
                count: snapshot.cumulativeCount(atMostOctave: octave)
            )
        }
        histogram(buckets, count: snapshot.count, sum: snapshot.sum, scale: scale, labels)
    }

    /// The same with bounds of the caller's choice.
    /// - Parameter bounds: ascending edges of the histogram's own buckets, such as
    ///   ``HistogramBuckets/decimalBounds``.
    package mutating func histogram(
        _ snapshot: HistogramSnapshot, scale: HistogramScale, bounds: some Sequence<UInt64>,
        _ labels: (inout LabelSet) -> Void = { _ in }
    ) {
        let buckets = bounds.map { (bound: $0, count: snapshot.cumulativeCount(atMost: $0)) }
        histogram(buckets, count: snapshot.count, sum: snapshot.sum, scale: scale, labels)
    }

    /// Writes the samples of a histogram that was counted elsewhere.
    /// - Parameters:
    ///   - buckets: each bound with the number of values up to it, ascending.
    ///   - count: all values, those beyond the last bound too.
    ///   - sum: of all values.
    /// - Precondition: as of ``histogram(_:scale:octaves:step:_:)``.
    package mutating func histogram(
        _ buckets: [(bound: UInt64, count: UInt64)], count: UInt64, sum: UInt64,
        scale: HistogramScale, _ labels: (inout LabelSet) -> Void = { _ in }
    ) {
        guard let family else { preconditionFailure("a sample follows its family") }
        precondition(family.type == .histogram, "a snapshot is a histogram's")
        precondition(family.isInSeconds == (scale != .ones), "a histogram of its family's unit")
        gather(labels)
        for bucket in buckets {
            beginBucket(family.name)
            buffer.append(canonical: bucket.bound, decimals: scale.decimals)
            buffer.append("\"} ")
            buffer.append(decimal: bucket.count)
            buffer.append(ASCII.lineFeed)
        }
        beginBucket(family.name)
        buffer.append("+Inf\"} ")
        buffer.append(decimal: count)
        buffer.append(ASCII.lineFeed)
        buffer.append(family.name)
        buffer.append("_sum")
        buffer.appendBraced(self.labels)
        buffer.append(sum, decimals: scale.decimals)
        buffer.append(ASCII.lineFeed)
        buffer.append(family.name)
        buffer.append("_count")
        buffer.appendBraced(self.labels)
        buffer.append(decimal: count)
        buffer.append(ASCII.lineFeed)
    }

    /// Appends a bucket's line up to the bound's value: `name_bucket{labels,le="`.
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
