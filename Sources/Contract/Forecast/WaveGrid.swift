/// A division of time at all moments at which the rate of entries can change.
///
/// Waves start at multiples of an interval (a turn), and a wave's rate changes at the points of its
/// curve. So the sum of any waves changes only at moments that, counted from their turn, are a
/// point's seconds modulo the interval. These divide a turn into cells of unequal length, and the
/// peak over cells is exactly the peak over all moments, however long the plan is.
struct WaveGrid {
    let intervalSeconds: Int
    /// The starts of a turn's cells, in seconds from the turn, in order; the first is 0.
    let starts: [Int]
    /// Expected entries a second of one recipient, by cell from the sending on.
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

    /// The start of a cell, in seconds from the first turn.
    func seconds(of cell: Int) -> Int { Self.seconds(of: cell, starts, intervalSeconds) }

    private static func seconds(of cell: Int, _ starts: [Int], _ interval: Int) -> Int {
        cell / starts.count * interval + starts[cell % starts.count]
    }
}

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

/// Expected entries a second of a plan, including the base, by cell.
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

    /// The peak from one turn up to another (exclusive), or to the end.
    func peak(from turn: Int, to next: Int?) -> Double {
        let end = next.map(grid.cell(of:)) ?? perSecond.count
        return perSecond[grid.cell(of: turn)..<min(end, perSecond.count)].max() ?? 0
    }

    /// The first moment at which a rate is expected. Sums that differ only by rounding are equal.
    func seconds(of peak: Double) -> Int {
        let cell = perSecond.firstIndex { $0 >= peak * (1 - 1e-9) } ?? 0
        return grid.seconds(of: cell)
    }
}
