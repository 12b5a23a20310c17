/// From complete requests to their answers: a small histogram with bounds that service levels are
/// agreed on in.
struct EntryTimes: Equatable, Sendable {
    /// Values up to each of ``bounds``, above the one before; the last beyond all.
    var counts: [UInt64] = Array(repeating: 0, count: bounds.count + 1)
    /// All values together.
    var nanoseconds: UInt64 = 0

    /// Nanoseconds.
    static let bounds: [UInt64] = [
        500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000, 25_000_000, 50_000_000, 100_000_000,
        250_000_000, 500_000_000, 1_000_000_000, 2_500_000_000, 5_000_000_000, 10_000_000_000,
    ]

    /// Words of a table: the counts, then the sum.
    static let words = 16
    static let sum = 15

    /// Where a value is counted. By comparisons with constants: most answers meet the first.
    static func bucket(of nanoseconds: UInt64) -> Int {
        switch nanoseconds {
        case ...500_000: 0
        case ...1_000_000: 1
        case ...2_500_000: 2
        case ...5_000_000: 3
        case ...10_000_000: 4
        case ...25_000_000: 5
        case ...50_000_000: 6
        case ...100_000_000: 7
        case ...250_000_000: 8
        case ...500_000_000: 9
        case ...1_000_000_000: 10
        case ...2_500_000_000: 11
        case ...5_000_000_000: 12
        case ...10_000_000_000: 13
        default: 14
        }
    }

    var count: UInt64 { counts.reduce(0, &+) }

    /// The bounds, each with how many values it is above or equal to.
    var cumulative: [(bound: UInt64, count: UInt64)] {
        var below: UInt64 = 0
        return zip(Self.bounds, counts).map { bound, count in
            below &+= count
            return (bound, below)
        }
    }

    /// What came since an earlier reading of the same table.
    func since(_ earlier: EntryTimes) -> EntryTimes {
        var rest = self
        for index in rest.counts.indices { rest.counts[index] &-= earlier.counts[index] }
        rest.nanoseconds &-= earlier.nanoseconds
        return rest
    }

    /// The time that a share of all values does not exceed, in seconds, as if a bucket's values lay
    /// evenly in it; the last bound for what lies beyond. Nil where there are no values.
    /// - Precondition: `share` is in 0...1.
    func quantile(_ share: Double) -> Double? {
        let all = count
        guard all > 0 else { return nil }
        let rank = max(1, (share * Double(all)).rounded(.up))
        var below: UInt64 = 0
        var lower: UInt64 = 0
        for (bound, inside) in zip(Self.bounds, counts) {
            if Double(below + inside) >= rank {
                let part = (rank - Double(below)) / Double(inside)
                return (Double(lower) + Double(bound - lower) * part) / 1e9
            }
            below += inside
            lower = bound
        }
        return Double(lower) / 1e9
    }
}
