import Testing
import Wire

@testable import portillon_load

@Suite("A schedule says when each request is due")
struct RateCurveTests {
    private func curve(_ pieces: [(seconds: Double, from: Double, to: Double)]) -> RateCurve {
        pieces.reduce(into: RateCurve()) { curve, piece in
            curve.append(RateCurve.Piece(seconds: piece.seconds, from: piece.from, to: piece.to))
        }
    }

    private func times(
        _ curve: RateCurve, isRandom: Bool = false, seed: UInt64 = 1
    ) -> [Double] {
        var arrivals = Arrivals(curve, isRandom: isRandom, seed: seed)
        var found: [Double] = []
        while let time = arrivals.next() { found.append(time) }
        return found
    }

    @Test("at a constant rate requests are due at equal distances")
    func constantRate() {
        let found = times(curve([(2, 5, 5)]))
        #expect(found.count == 10)
        for (index, time) in found.enumerated() {
            #expect(abs(time - (0.1 + 0.2 * Double(index))) < 1e-9)
        }
    }

    @Test("a paced schedule has as many requests as its curve, and as many in each part of it")
    func pacedCounts() {
        let shape = curve([(10, 0, 100), (5, 100, 100), (20, 100, 0), (3, 0, 0), (1, 50, 50)])
        let found = times(shape)
        #expect(found.count == Int(shape.requests))
        #expect(found.count { $0 < 10 } == 500)
        #expect(found.count { $0 >= 10 && $0 < 15 } == 500)
        #expect(found.count { $0 >= 35 && $0 < 38 } == 0)
        #expect(found.count { $0 >= 38 } == 50)
        #expect(zip(found, found.dropFirst()).allSatisfy { $0 < $1 })
    }

    @Test("a random schedule is a Poisson process: right in mean and in spread, by second")
    func poissonCounts() {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed \(seed)")
        let rate = 200.0
        let seconds = 2_000
        let found = times(curve([(Double(seconds), rate, rate)]), isRandom: true, seed: seed)
        var counts = [Double](repeating: 0, count: seconds)
        for time in found { counts[Int(time)] += 1 }
        let mean = counts.reduce(0, +) / Double(seconds)
        let variance = counts.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(seconds)
        // Six standard deviations of either estimate.
        #expect(abs(mean - rate) < 6 * (rate / Double(seconds)).squareRoot())
        #expect(abs(variance / rate - 1) < 6 * (2 / Double(seconds)).squareRoot())
    }

    @Test("the same seed makes the same schedule, another one another")
    func seeds() {
        let shape = curve([(5, 10, 100)])
        #expect(times(shape, isRandom: true, seed: 7) == times(shape, isRandom: true, seed: 7))
        #expect(times(shape, isRandom: true, seed: 7) != times(shape, isRandom: true, seed: 8))
    }

    @Test("scaling keeps the shape")
    func scaling() {
        let shape = curve([(10, 0, 100), (10, 100, 20)])
        let scaled = shape.scaled(time: 0.5, rate: 4)
        #expect(scaled.seconds == 10)
        #expect(scaled.requests == shape.requests * 2)
        #expect(scaled.rate(at: 5) == 400)
        #expect(scaled.rate(at: 10) == 0)
    }

    @Test("a profile becomes a curve of the length and the number of requests that are asked for")
    func profile() throws {
        let json = JSONValue.object([
            "points": .array([
                .array([.number(0), .number(0)]), .array([.number(10), .number(3)]),
                .array([.number(40), .number(1)]),
            ])
        ])
        let curve = try Profile(json).curve(seconds: 80, requests: 600)
        #expect(abs(curve.seconds - 80) < 1e-9)
        #expect(abs(curve.requests - 600) < 1e-6)
        #expect(curve.pieces[0].seconds == 20)
        #expect(times(curve).count == 600)
    }
}
