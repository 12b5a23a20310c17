/// The number of recipients that fit at each turn, for a room of one expected entry a second and
/// fractional recipients.
struct WaveShares {
    private let grid: WaveGrid
    /// The expected load of everything sent so far, by cell from the first turn on.
    private var load: [Double] = []
    /// The first cell of the next turn.
    private var start = 0
    private var first: Double?

    /// The tolerance, a billionth, so that rounding does not cut a wave that fits exactly by one
    /// recipient and add another wave for the rest. It is far above the errors of the sums and far
    /// below the precision of any rate.
    static var tolerance: Double { 1 + 1e-9 }
    /// The smallest wave worth sending, as a fraction of the first one.
    private static var minimumShare: Double { 0.01 }

    init(_ grid: WaveGrid) { self.grid = grid }

    /// The size that fits at this turn; 0 if it is not worth sending.
    mutating func next() -> Double {
        let missing = start + grid.rates.count - load.count
        load.append(contentsOf: repeatElement(0, count: missing))
        let share = fitting
        first = first ?? share
        if share > 0 {
            for (cell, rate) in grid.rates.enumerated() { load[start + cell] += share * rate }
        }
        start += grid.starts.count
        return share
    }

    private var fitting: Double {
        let minimum = (first ?? 0) * Self.minimumShare
        var share = Double.infinity
        for (cell, rate) in grid.rates.enumerated() where rate > 0 {
            share = min(share, (1 - load[start + cell]) / rate)
            if share <= minimum { return 0 }
        }
        return share
    }
}
