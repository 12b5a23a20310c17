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
