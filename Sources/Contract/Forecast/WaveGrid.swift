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

    /// The seconds of a cell.
    func range(of cell: Int) -> Range<Int> { seconds(of: cell)..<seconds(of: cell + 1) }

    private static func seconds(of cell: Int, _ starts: [Int], _ interval: Int) -> Int {
        cell / starts.count * interval + starts[cell % starts.count]
    }
}
