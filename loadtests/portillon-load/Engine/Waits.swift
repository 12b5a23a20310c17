/// What became of people who were told to wait their turn: whether they came in, in which order,
/// and how long it took beside what they were told.
struct Waits {
    /// Handed to somebody with the first answer that says to wait.
    struct Promise {
        /// In the order of those answers.
        var serial: UInt32
        /// When it was serials, in nanoseconds of the monotonic clock.
        var since: UInt64
        /// Nanoseconds from then that it would take at most, as it was told.
        var estimate: UInt64
    }

    /// Serials in the order in which they were let in.
    private var order: [UInt32] = []
    private var serials: UInt32 = 0
    /// Who waited longer than a fifth more than they were told.
    private(set) var late = 0

    /// How many were told to wait and came in.
    var count: Int { order.count }

    mutating func begin(at now: UInt64, estimate: UInt64) -> Promise {
        serials += 1
        return Promise(serial: serials, since: now, estimate: estimate)
    }

    mutating func end(_ promise: Promise, at now: UInt64) {
        order.append(promise.serial)
        if now &- promise.since > promise.estimate + promise.estimate / 5 { late += 1 }
    }

    /// Of all pairs who came in, the share that came in the wrong way round; nil with fewer than
    /// two.
    var disorder: Double? {
        guard order.count > 1 else { return nil }
        var sorted = order
        var scratch = order
        let inversions = Self.sort(&sorted, &scratch, 0..<order.count)
        return Double(inversions) / (Double(order.count) * Double(order.count - 1) / 2)
    }

    /// Sorts a range by merging, and counts the pairs that stood the wrong way round.
    private static func sort(
        _ values: inout [UInt32], _ scratch: inout [UInt32], _ range: Range<Int>
    ) -> Int {
        guard range.count > 1 else { return 0 }
        let middle = range.lowerBound + range.count / 2
        var inversions = sort(&values, &scratch, range.lowerBound..<middle)
        inversions += sort(&values, &scratch, middle..<range.upperBound)
        var (left, right) = (range.lowerBound, middle)
        for place in range {
            if right == range.upperBound || left < middle && values[left] <= values[right] {
                scratch[place] = values[left]
                left += 1
            } else {
                scratch[place] = values[right]
                inversions += middle - left
                right += 1
            }
        }
        for place in range { values[place] = scratch[place] }
        return inversions
    }
}
