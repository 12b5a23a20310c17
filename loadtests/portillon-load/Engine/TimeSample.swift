import Histogram

/// Times in microseconds: exact while there are few, in a histogram from there on.
///
/// A histogram takes as long to look at and to forget whatever is in it. Hundreds of streams, each
/// with a few answers a second, would keep the runner from sending for a fifth of every second.
struct TimeSample: Sendable {
    private var few: [UInt64] = []
    private var many: Histogram<UInt64>
    /// All times are in ``many``.
    private var isLarge = false

    static let mostExact = 64

    /// - Parameter digits: so many digits of the times are exact once there are many.
    init(digits: SignificantDigits) {
        many = Histogram(numberOfSignificantValueDigits: digits)
        few.reserveCapacity(Self.mostExact)
    }

    mutating func record(_ microseconds: UInt64) {
        guard !isLarge else {
            many.record(microseconds)
            return
        }
        few.append(microseconds)
        guard few.count > Self.mostExact else { return }
        isLarge = true
        for time in few { many.record(time) }
    }

    /// Back to nothing; keeps the memory.
    mutating func reset() {
        few.removeAll(keepingCapacity: true)
        guard isLarge else { return }
        many.reset()
        isLarge = false
    }

    var percentiles: Percentiles {
        isLarge ? Percentiles(many) : Percentiles(exact: few)
    }
}

extension Percentiles {
    /// Of microseconds, in any order: the smallest that so many of a hundred do not exceed.
    init(exact times: [UInt64]) {
        let sorted = times.sorted()
        func milliseconds(_ percentile: Double) -> Double {
            let rank = Int((Double(sorted.count) * percentile / 100).rounded(.up))
            return Double(sorted[Swift.max(rank, 1) - 1]) / 1_000
        }
        count = sorted.count
        guard let last = sorted.last else {
            (mean, p50, p90, p99, p999, max) = (0, 0, 0, 0, 0, 0)
            return
        }
        mean = Double(sorted.reduce(0, &+)) / Double(count) / 1_000
        p50 = milliseconds(50)
        p90 = milliseconds(90)
        p99 = milliseconds(99)
        p999 = milliseconds(99.9)
        max = Double(last) / 1_000
    }

    init(_ sample: TimeSample) { self = sample.percentiles }
}
