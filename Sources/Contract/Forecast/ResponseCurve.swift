/// How those whom a campaign reaches come in: how many of them at all, and when after the sending.
///
/// Between two points people come evenly, and nobody comes before the first second or after the
/// last point. So the rate of entries is a staircase, and a peak between points cannot hide.
package struct ResponseCurve: Equatable, Sendable {
    /// Until so many seconds after the sending, so many thousandths of those who answer have.
    package struct Point: Equatable, Sendable, BitwiseCopyable {
        package var seconds: UInt32
        package var permille: UInt32

        package init(seconds: UInt32, permille: UInt32) {
            self.seconds = seconds
            self.permille = permille
        }
    }

    /// Of a thousand recipients, those who enter at all: 1...1000.
    package let responsePermille: UInt32
    /// Later and later, never fewer, 1000 permille at the end. That nobody has answered at second
    /// 0 goes without saying, and is not among them.
    package let points: [Point]

    package static var maximumPoints: Int { 64 }
    /// A week: who answers later than that makes no wave.
    package static var maximumSeconds: UInt32 { 604_800 }

    /// - Parameter points: may begin with nobody at second 0.
    /// - Throws: ``ResponseCurveError`` with the index of the first point that is wrong.
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

    /// A curve of this module, whose points the tests check.
    init(_ responsePermille: UInt32, _ points: KeyValuePairs<UInt32, UInt32>) {
        self.init(responsePermille, points.map { Point(seconds: $0.key, permille: $0.value) })
    }

    private init(_ responsePermille: UInt32, _ points: [Point]) {
        self.responsePermille = responsePermille
        self.points = points
    }
}

/// Why figures are no response curve. An index counts the points as they were given, from 0.
package enum ResponseCurveError: Error, Equatable {
    /// Not within 1...1000.
    case responseOutOfRange
    /// More than ``ResponseCurve/maximumPoints``.
    case tooManyPoints
    /// Somebody answers at second 0: that would be infinitely many a second.
    case instant(index: Int)
    /// Not later than the point before.
    case notLater(index: Int)
    /// Later than ``ResponseCurve/maximumSeconds``.
    case tooLate(index: Int)
    /// Fewer than at the point before.
    case falls(index: Int)
    /// More than 1000 permille.
    case moreThanAll(index: Int)
    /// The last point does not hold everybody.
    case incomplete(permille: UInt32)
}

extension ResponseCurve {
    /// A time during which entries come evenly.
    package struct Step: Equatable, Sendable {
        /// Seconds after the sending.
        package var seconds: Range<UInt32>
        /// Expected entries a second, of each recipient.
        package var perSecond: Double
    }

    /// The rate of entries from the sending to the last answer, without gaps.
    package var steps: [Step] {
        var start = Point(seconds: 0, permille: 0)
        return points.map { point in
            defer { start = point }
            // Thousandths of thousandths of recipients, over seconds.
            let share = Double((point.permille - start.permille) * responsePermille) / 1e6
            let seconds = start.seconds..<point.seconds
            return Step(seconds: seconds, perSecond: share / Double(seconds.count))
        }
    }

    /// Expected entries a second, of each recipient, when most come.
    package var peakPerSecond: Double { steps.map(\.perSecond).max() ?? 0 }

    /// From the sending until the last answer.
    package var lengthSeconds: UInt32 { points.last?.seconds ?? 0 }

    /// Expected entries of so many recipients, in all.
    package func entries(of recipients: UInt32) -> Double {
        Double(recipients) * Double(responsePermille) / 1_000
    }
}
