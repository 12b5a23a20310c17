/// How many recipients fit at each turn, one after the other, if there is room for one expected
/// entry a second and recipients could be cut in pieces.
struct WaveShares {
    private let grid: WaveGrid
    /// The sum of what was sent so far, cell by cell from the first turn on.
    private var load: [Double] = []
    /// The first cell of the coming turn.
    private var start = 0
    private var first: Double?

    /// A billionth more than exactly fits, so that what does fit exactly is not rounded down by one
    /// recipient, and an extra wave sent for the few who are left. It is far more than the errors
    /// of the sums and far less than anybody knows of a rate.
    static var tolerance: Double { 1 + 1e-9 }
    /// Of the first wave, the part below which a wave is not worth sending.
    private static var minimumShare: Double { 0.01 }

    init(_ grid: WaveGrid) { self.grid = grid }

    /// What fits at this turn; 0 where it is hardly anything.
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
