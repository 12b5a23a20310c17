/// When each request of a curve is due, in turn.
///
/// Time runs so that one unit of mass lies between two paced requests, and an exponential draw of
/// mean 1 between two random ones: that makes a Poisson process of whatever rate the curve has.
struct Arrivals: Sendable {
    private let curve: RateCurve
    private let isRandom: Bool
    private var random: SplitMix64
    /// Where in the curve the last request was due.
    private var piece = 0
    private var pieceStart = 0.0
    private var offset = 0.0
    private var isFirst = true

    init(_ curve: RateCurve, isRandom: Bool, seed: UInt64) {
        self.curve = curve
        self.isRandom = isRandom
        random = SplitMix64(seed: seed)
    }

    /// Seconds from the curve's start to the next request; nil when there is none.
    mutating func next() -> Double? {
        var mass = isRandom ? random.exponential() : 1
        // Half a unit before the first, so that a curve of n requests has n.
        if isFirst && !isRandom { mass = 0.5 }
        isFirst = false
        while piece < curve.pieces.count {
            let current = curve.pieces[piece]
            let rate = current.from + current.slope * offset
            let discriminant = rate * rate + 2 * current.slope * mass
            if discriminant >= 0 {
                let divisor = rate + discriminant.squareRoot()
                let step = divisor > 0 ? 2 * mass / divisor : .infinity
                if offset + step <= current.seconds {
                    offset += step
                    return pieceStart + offset
                }
            }
            mass -= (current.seconds - offset) * (rate + current.to) / 2
            mass = max(mass, 0)
            pieceStart += current.seconds
            offset = 0
            piece += 1
        }
        return nil
    }
}
