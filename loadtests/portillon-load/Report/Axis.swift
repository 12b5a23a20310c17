import Glibc

/// An axis of a plot: where a value lies on it, and the ticks, in steps of 1, 2 or 5.
struct Axis {
    struct Tick: Equatable {
        var value: Double
        var label: String
    }

    let lower: Double
    let upper: Double
    let isLogarithmic: Bool
    let ticks: [Tick]
    /// Where a line helps the eye and a label would be too much.
    let minorTicks: [Double]

    /// From `range`'s lower to its upper bound, exactly; ticks lie where they fall.
    /// - Parameter intervals: about how many steps there should be.
    init(linear range: ClosedRange<Double>, intervals: Int) {
        lower = range.lowerBound
        upper = max(range.upperBound, range.lowerBound + Self.minimum)
        isLogarithmic = false
        minorTicks = []
        let step = Self.step(over: upper - lower, intervals: intervals)
        ticks = Self.multiples(of: step, from: lower, to: upper)
    }

    /// From 0 to the step at or above `most`.
    /// - Parameter minimumStep: 1 for what is counted: there is no half descriptor.
    init(upTo maximum: Double, intervals: Int = 4, minimumStep: Double = minimum) {
        // A number that no run reaches would leave no room for the others.
        let maximum = maximum.isFinite ? min(max(maximum, minimumStep), Self.maximum) : minimumStep
        let step = max(Self.step(over: maximum, intervals: intervals), minimumStep)
        lower = 0
        upper = step * (maximum / step - Self.tolerance).rounded(.up)
        isLogarithmic = false
        minorTicks = []
        ticks = Self.multiples(of: step, from: 0, to: upper)
    }

    /// From the 1, 2 or 5 at or below the least value to the one at or above the greatest; at least
    /// one decade and at most eight, the upper ones.
    init(logarithmicCovering values: some Sequence<Double>) {
        let usable = values.filter { $0.isFinite && $0 > 0 }.map {
            min(max($0, 1e-6), Self.maximum)
        }
        let greatest = Self.rounded(usable.max() ?? 1, up: true)
        let minimum = max(usable.min() ?? 1, greatest / 1e8)
        upper = greatest
        lower = min(Self.rounded(minimum, up: false), greatest / 10)
        isLogarithmic = true

        var labelled: [Tick] = []
        var unlabelled: [Double] = []
        let labelsAll = log10(upper / lower) < 2.5
        for exponent in Int(log10(lower).rounded(.down))...Int(log10(upper).rounded(.up)) {
            for digit in Self.digits {
                let value = Self.value(digit, exponent)
                let isInside =
                    value > lower * (1 - Self.tolerance) && value < upper * (1 + Self.tolerance)
                guard isInside else { continue }
                if labelsAll || digit == 1 {
                    labelled.append(Tick(value: value, label: Self.label(value, exponent)))
                } else {
                    unlabelled.append(value)
                }
            }
        }
        ticks = labelled
        minorTicks = unlabelled
    }

    /// Where a value lies, from 0 at the lower end to 1 at the upper; beyond the ends, at the end.
    func fraction(of value: Double) -> Double {
        guard value.isFinite else { return 0 }
        let fraction =
            isLogarithmic
            ? value > 0 ? log10(value / lower) / log10(upper / lower) : 0
            : (value - lower) / (upper - lower)
        return min(max(fraction, 0), 1)
    }

    /// No axis is shorter than this, none reaches farther than ``maximum``.
    private static let minimum = 1e-3
    static let maximum = 1e12
    private static let tolerance = 1e-9
    private static let digits: [Double] = [1, 2, 5]

    /// The 1, 2 or 5 that cuts a span into so many parts at most.
    static func step(over span: Double, intervals: Int) -> Double {
        rounded(span / Double(intervals), up: true)
    }

    /// The nearest 1, 2 or 5 times a power of ten, not below (or not above) a positive value.
    private static func rounded(_ value: Double, up: Bool) -> Double {
        let exponent = Int(log10(value).rounded(.down))
        if up {
            let digit = digits.first { Self.value($0, exponent) >= value * (1 - tolerance) }
            return digit.map { Self.value($0, exponent) } ?? Self.value(1, exponent + 1)
        }
        let digit = digits.last { Self.value($0, exponent) <= value * (1 + tolerance) }
        return Self.value(digit ?? 1, exponent)
    }

    /// `digit` times ten to the `exponent`; below 1 by division: that gives 0.2 its nearest Double.
    private static func value(_ digit: Double, _ exponent: Int) -> Double {
        let power = pow(10, Double(abs(exponent)))
        return exponent < 0 ? digit / power : digit * power
    }

    private static func multiples(of step: Double, from lower: Double, to upper: Double) -> [Tick] {
        let exponent = Int(log10(step * (1 + tolerance)).rounded(.down))
        let first = (lower / step - tolerance).rounded(.up)
        let last = (upper / step + tolerance).rounded(.down)
        return stride(from: first, through: last, by: 1).map { index in
            let value = index * step
            return Tick(value: value, label: label(value, exponent))
        }
    }

    /// With the decimals that a step of this exponent needs.
    private static func label(_ value: Double, _ exponent: Int) -> String {
        NumberFormat.page.decimal(value, places: max(0, -exponent))
    }
}
