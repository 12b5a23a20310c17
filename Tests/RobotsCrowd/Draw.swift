internal import Glibc
package import TestSupport

/// Draws from distributions by one seed.
package struct Draw: Sendable {
    package var generator: SeededGenerator

    package init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
    }

    package mutating func word() -> UInt64 { generator.next() }

    /// In 0..<1.
    package mutating func uniform() -> Double {
        Double(generator.next() >> 11) * 0x1p-53
    }

    package mutating func uniform(_ range: ClosedRange<Double>) -> Double {
        range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
    }

    package mutating func below(_ bound: Int) -> Int {
        Int.random(in: 0..<bound, using: &generator)
    }

    package mutating func chance(_ probability: Double) -> Bool { uniform() < probability }

    package mutating func exponential(mean: Double) -> Double {
        -mean * log(1 - uniform())
    }

    package mutating func normal() -> Double {
        (-2 * log(1 - uniform())).squareRoot() * cos(2 * Double.pi * uniform())
    }

    package mutating func logNormal(median: Double, sigma: Double) -> Double {
        median * exp(sigma * normal())
    }

    package mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[below(elements.count)]
    }

    package mutating func pick<Element>(_ elements: Weighted<Element>) -> Element {
        elements[at: uniform()]
    }
}

/// Elements that are drawn by their weights.
package struct Weighted<Element> {
    package let elements: [Element]
    private let sums: [Double]

    /// - Precondition: there is an element, and no weight is negative.
    package init(_ pairs: [(Element, Double)]) {
        elements = pairs.map(\.0)
        var sum = 0.0
        sums = pairs.map { pair in
            sum += pair.1
            return sum
        }
    }

    /// - Parameter share: in 0..<1.
    subscript(at share: Double) -> Element {
        let sought = share * (sums.last ?? 0)
        var low = 0
        var high = sums.count - 1
        while low < high {
            let middle = (low + high) / 2
            if sums[middle] > sought { high = middle } else { low = middle + 1 }
        }
        return elements[low]
    }
}

extension Weighted: Sendable where Element: Sendable {}

/// A power, here so that one file alone imports the C library.
package func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }
