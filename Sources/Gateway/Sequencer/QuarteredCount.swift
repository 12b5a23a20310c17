/// A count over the last four quarters of a window, by their numbers.
struct QuarteredCount {
    private var counts = InlineArray<4, UInt32>(repeating: 0)
    private(set) var sum = 0

    subscript(quarter: Int) -> UInt32 { counts[quarter % 4] }

    mutating func add(in quarter: Int) {
        counts[quarter % 4] += 1
        sum += 1
    }

    /// Leaves out what was counted four quarters before this one, which begins.
    mutating func remove(_ quarter: Int) {
        sum -= Int(counts[quarter % 4])
        counts[quarter % 4] = 0
    }

    /// Leaves out what another one has counted in the same quarters; what is more than this one's
    /// leaves none.
    mutating func subtract(_ other: QuarteredCount) {
        for place in counts.indices {
            let count = min(counts[place], other.counts[place])
            counts[place] -= count
            sum -= Int(count)
        }
    }

    /// The oldest quarter that something was counted in, up to the present one.
    func first(before present: Int) -> Int {
        for quarter in (present - 3)..<present where self[quarter] > 0 { return quarter }
        return present
    }
}
