/// How a campaign's recipients enter: how many of them, and when after the sending.
///
/// Between two points people enter evenly, and nobody enters before the first second or after the
/// last point. So the rate of entries is a staircase, and no peak can hide between points.
package struct ResponseCurve: Equatable, Sendable {
    /// Up to `seconds` after the sending, `permille` of all who answer have answered.
    package struct Point: Equatable, Sendable, BitwiseCopyable {
        package var seconds: UInt32
        package var permille: UInt32

        package init(seconds: UInt32, permille: UInt32) {
            self.seconds = seconds
            self.permille = permille
        }
    }

    /// The number of recipients in a thousand who enter: 1...1000.
    package let responsePermille: UInt32
    /// The points in order of time, never falling, with 1000 permille at the end. The implied point
    /// of nobody at second 0 is not among them.
    package let points: [Point]

    package static var maximumPoints: Int { 64 }
    /// The latest answer, in seconds: a week. Later ones make no wave.
    package static var maximumSeconds: UInt32 { 604_800 }

    /// - Parameter points: can begin with 0 permille at second 0.
    /// - Throws: ``ResponseCurveError`` with the index of the first wrong point.
    package init(responsePermille: UInt32, points: [Point]) throws(ResponseCurveError) {
        guard (1...1_000).contains(responsePermille) else { throw .responseOutOfRange }
        guard points.count <= Self.maximumPoints else { throw .tooManyPoints }
        var previous = Point(seconds: 0, permille: 0)
        for (index, point) in points.enumerated() {
            if index == 0 && point == previous { continue }
            guard point.seconds > 0 else { throw .instant(index: index) }
            guard point.seconds > previous.seconds else { throw .notLater(index: index) }
            guard point.seconds <= Self.maximumSeconds else { throw .tooLate(index: index) }
            guard point.permille >= previous.permille else { throw .falls(index: index) }
            guard point.permille <= 1_000 else { throw .moreThanAll(index: index) }
            previous = point
        }
        guard previous.permille == 1_000 else { throw .incomplete(permille: previous.permille) }
        self.init(responsePermille, points.filter { $0.seconds > 0 })
    }

    /// A curve from constants in this module, which the tests check.
    init(_ responsePermille: UInt32, _ points: KeyValuePairs<UInt32, UInt32>) {
        self.init(responsePermille, points.map { Point(seconds: $0.key, permille: $0.value) })
    }

    private init(_ responsePermille: UInt32, _ points: [Point]) {
        self.responsePermille = responsePermille
        self.points = points
    }
}

/// The errors in a response curve. An index counts the given points from 0.
package enum ResponseCurveError: Error, Equatable {
    /// The response is not in 1...1000.
    case responseOutOfRange
    /// There are more points than ``ResponseCurve/maximumPoints``.
    case tooManyPoints
    /// Somebody answers at second 0, which is an infinite rate.
    case instant(index: Int)
    /// The point is not later than the one before.
    case notLater(index: Int)
    /// The point is later than ``ResponseCurve/maximumSeconds``.
    case tooLate(index: Int)
    /// The point has fewer permille than the one before.
    case falls(index: Int)
    /// The point has more than 1000 permille.
    case moreThanAll(index: Int)
    /// The last point has less than 1000 permille.
    case incomplete(permille: UInt32)
}

extension ResponseCurve {
    /// An interval with a constant rate of entries.
    package struct Step: Equatable, Sendable {
        /// The interval, in seconds after the sending.
        package var seconds: Range<UInt32>
        /// Expected entries a second of one recipient.
        package var perSecond: Double
    }

    /// The rate of entries from the sending to the last answer, as adjoining intervals.
    package var steps: [Step] {
        var start = Point(seconds: 0, permille: 0)
        return points.map { point in
            defer { start = point }
            // The product is in millionths of recipients, so the divisor is seconds times 10^6.
            let share = Double((point.permille - start.permille) * responsePermille) / 1e6
            let seconds = start.seconds..<point.seconds
            return Step(seconds: seconds, perSecond: share / Double(seconds.count))
        }
    }

    /// The peak of the expected entries a second of one recipient.
    package var peakPerSecond: Double { steps.map(\.perSecond).max() ?? 0 }

    /// Seconds from the sending to the last answer.
    package var lengthSeconds: UInt32 { points.last?.seconds ?? 0 }

    /// The total of expected entries of a number of recipients.
    package func entries(of recipients: UInt32) -> Double {
        Double(recipients) * Double(responsePermille) / 1_000
    }
}
