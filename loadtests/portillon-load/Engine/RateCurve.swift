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
