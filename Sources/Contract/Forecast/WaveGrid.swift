/// Time, cut where the rate of entries can change.
///
/// Waves start at multiples of an interval (a turn), and a wave's rate changes at the points of its
/// curve. So the sum of any waves changes only at moments that, counted from their turn, are a
/// point's seconds modulo the interval. A turn is cut at these into cells of unequal length: a peak
/// over cells is the peak over all moments, exactly, however long the plan is.
struct WaveGrid {
    let intervalSeconds: Int
    /// Where the cells of a turn begin, in seconds from the turn, in order; the first is 0.
    let starts: [Int]
    /// Expected entries a second of one recipient, by the cells from the sending on.
    let rates: [Double]

    init(_ curve: ResponseCurve, intervalSeconds: UInt32) {
        let interval = Int(intervalSeconds)
        let starts = Set(curve.points.map { Int($0.seconds) % interval } + [0]).sorted()
        var rates: [Double] = []
        for step in curve.steps {
            while Self.seconds(of: rates.count, starts, interval) < Int(step.seconds.upperBound) {
                rates.append(step.perSecond)
            }
        }
        self.intervalSeconds = interval
        self.starts = starts
        self.rates = rates
    }

    /// The first cell of a turn.
    func cell(of turn: Int) -> Int { turn * starts.count }

    /// When a cell begins, in seconds from the first turn.
    func seconds(of cell: Int) -> Int { Self.seconds(of: cell, starts, intervalSeconds) }

    private static func seconds(of cell: Int, _ starts: [Int], _ interval: Int) -> Int {
        cell / starts.count * interval + starts[cell % starts.count]
    }
}

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

/// Expected entries a second of a plan, the base among them, cell by cell.
struct WaveLoad {
    private let grid: WaveGrid
    private let perSecond: [Double]

    init(_ sizes: [WavePlan.Size], _ order: WavePlan.Order) {
        grid = WaveGrid(order.curve, intervalSeconds: order.intervalSeconds)
        let last = grid.cell(of: sizes.last?.turn ?? 0)
        var load = Array(repeating: Double(order.base), count: last + grid.rates.count)
        for size in sizes {
            let start = grid.cell(of: size.turn)
            for (cell, rate) in grid.rates.enumerated() {
                load[start + cell] += Double(size.recipients) * rate
            }
        }
        perSecond = load
    }

    /// The most from one turn to another, which is not among them, or to the end.
    func peak(from turn: Int, to next: Int?) -> Double {
        let end = next.map(grid.cell(of:)) ?? perSecond.count
        return perSecond[grid.cell(of: turn)..<min(end, perSecond.count)].max() ?? 0
    }

    /// When so many a second are first expected. Sums that differ by their rounding are the same.
    func seconds(of peak: Double) -> Int {
        let cell = perSecond.firstIndex { $0 >= peak * (1 - 1e-9) } ?? 0
        return grid.seconds(of: cell)
    }
}
