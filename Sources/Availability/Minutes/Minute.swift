package import Time

/// A minute of UTC: minutes since 1970-01-01T00:00Z.
///
/// Availability is counted in whole minutes (C10). A minute belongs to the month, and to the
/// contract, in which it begins.
package struct Minute: Hashable, Comparable, Sendable, BitwiseCopyable {
    package let number: Int64

    /// A number outside what a timestamp can hold is taken as the first or the last that it can.
    package init(number: Int64) {
        let bound = Int64.max / Self.milliseconds
        self.number = min(max(number, -bound), bound)
    }

    /// The minute that a moment lies in.
    package init(containing time: Timestamp) {
        let (quotient, rest) = time.milliseconds.quotientAndRemainder(dividingBy: Self.milliseconds)
        self.init(number: rest < 0 ? quotient - 1 : quotient)
    }

    /// The first minute that begins at a moment or after it.
    package init(from time: Timestamp) {
        let (quotient, rest) = time.milliseconds.quotientAndRemainder(dividingBy: Self.milliseconds)
        self.init(number: rest > 0 ? quotient + 1 : quotient)
    }

    private static var milliseconds: Int64 { 60_000 }

    package var starts: Timestamp { Timestamp(milliseconds: number * Self.milliseconds) }

    package func advanced(by minutes: Int64) -> Minute {
        let (sum, overflow) = number.addingReportingOverflow(minutes)
        return Minute(number: overflow ? (minutes > 0 ? .max : .min) : sum)
    }

    package static func < (left: Minute, right: Minute) -> Bool { left.number < right.number }
}

/// JSON holds a minute as its number.
extension Minute: Codable {
    package init(from decoder: any Decoder) throws {
        self.init(number: try decoder.singleValueContainer().decode(Int64.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(number)
    }
}

extension Range<Minute> {
    /// The minutes that begin in an interval.
    package init(beginningIn interval: Range<Timestamp>) {
        let first = Minute(from: interval.lowerBound)
        self = first..<Swift.max(first, Minute(from: interval.upperBound))
    }

    /// The minutes that lie in an interval from their first moment to their last.
    package init(wholeIn interval: Range<Timestamp>) {
        let first = Minute(from: interval.lowerBound)
        self = first..<Swift.max(first, Minute(containing: interval.upperBound))
    }

    /// The minutes that have a moment in common with an interval.
    package init(touching interval: Range<Timestamp>) {
        let first = Minute(containing: interval.lowerBound)
        self =
            interval.isEmpty
            ? first..<first : first..<Minute(from: interval.upperBound)
    }

    /// The number of minutes.
    package var length: Int64 { upperBound.number - lowerBound.number }
}
