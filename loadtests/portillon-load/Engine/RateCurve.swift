/// How many requests a second are due, over time: straight pieces, one behind the other.
struct RateCurve: Sendable, Equatable {
    private(set) var pieces: [Piece] = []

    /// From one rate to another in a straight line.
    struct Piece: Sendable, Equatable {
        var seconds: Double
        /// Requests a second at the piece's start and end.
        var from: Double
        var to: Double

        var slope: Double { (to - from) / seconds }
        var requests: Double { seconds * (from + to) / 2 }
    }

    var seconds: Double { pieces.reduce(0) { $0 + $1.seconds } }
    /// Requests due in all.
    var requests: Double { pieces.reduce(0) { $0 + $1.requests } }

    /// - Precondition: the piece takes time, and its rates are not negative.
    mutating func append(_ piece: Piece) {
        precondition(piece.seconds > 0 && piece.from >= 0 && piece.to >= 0, "a piece of a schedule")
        pieces.append(piece)
    }

    func startSeconds(of piece: Int) -> Double {
        pieces[..<piece].reduce(0) { $0 + $1.seconds }
    }

    /// The rate at a moment; 0 outside.
    func rate(at seconds: Double) -> Double {
        var start = 0.0
        for piece in pieces {
            if seconds >= start, seconds < start + piece.seconds {
                return piece.from + piece.slope * (seconds - start)
            }
            start += piece.seconds
        }
        return 0
    }

    /// The same shape, longer by one factor and steeper by another.
    func scaled(time: Double = 1, rate: Double = 1) -> RateCurve {
        var curve = RateCurve()
        for piece in pieces {
            curve.append(
                Piece(
                    seconds: piece.seconds * time, from: piece.from * rate, to: piece.to * rate))
        }
        return curve
    }
}

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
