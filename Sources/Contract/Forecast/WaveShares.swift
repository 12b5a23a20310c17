/// The number of recipients that fit at each turn, for a room of one expected entry a second and
/// fractional recipients.
struct WaveShares {
    private let grid: WaveGrid
    /// The share of the room that others take in a cell, from 0 on.
    private let others: (Int) -> Double
    /// The room that is left beside others and everything sent so far, by cell from the first turn
    /// on.
    private var room: [Double] = []
    /// The first cell of the next turn.
    private var start = 0
    /// The smallest wave worth sending.
    private let minimum: Double

    /// The tolerance, a billionth, so that rounding does not cut a wave that fits exactly by one
    /// recipient and add another wave for the rest. It is far above the errors of the sums and far
    /// below the precision of any rate.
    static var tolerance: Double { 1 + 1e-9 }
    /// The smallest wave worth sending, as a fraction of the one that fits into the whole room.
    private static var minimumShare: Double { 0.01 }
    /// The room that is left to waves in progress where others take all of it. So the few who still
    /// answer after days do not keep a wave from being sent before somebody else's peak.
    static var minimumRoom: Double { 0.01 }

    init(_ grid: WaveGrid, others: @escaping (Int) -> Double = { _ in 0 }) {
        self.grid = grid
        self.others = others
        minimum = Self.minimumShare / (grid.rates.max() ?? 1)
    }

    /// The size that fits at this turn; 0 if it is not worth sending.
    mutating func next() -> Double {
        for cell in room.count..<max(start + grid.rates.count, room.count) {
            room.append(max(1 - others(cell), Self.minimumRoom))
        }
        let share = fitting
        if share > 0 {
            for (cell, rate) in grid.rates.enumerated() { room[start + cell] -= share * rate }
        }
        start += grid.starts.count
        return share
    }

    private var fitting: Double {
        var share = Double.infinity
        for (cell, rate) in grid.rates.enumerated() where rate > 0 {
            share = min(share, room[start + cell] / rate)
            if share <= minimum { return 0 }
        }
        return share
    }
}
