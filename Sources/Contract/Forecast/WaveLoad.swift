/// Expected entries a second of a plan, including the base and others, by cell.
struct WaveLoad {
    private let grid: WaveGrid
    private let perSecond: [Double]

    init(_ sizes: [WavePlan.Size], _ order: WavePlan.Order) {
        let grid = WaveGrid(order.curve, intervalSeconds: order.intervalSeconds)
        self.grid = grid
        let last = grid.cell(of: sizes.last?.turn ?? 0)
        var load = (0..<(last + grid.rates.count)).map { cell in
            Double(order.base) + (order.others?.peak(in: grid.range(of: cell)) ?? 0)
        }
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
