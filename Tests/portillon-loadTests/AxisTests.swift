import Testing

@testable import portillon_load

@Suite("Axes")
struct AxisTests {
    @Test(
        "a counting axis ends at a step of 1, 2 or 5 at or above its greatest value",
        arguments: [
            (0.0, 1.0, "0 1"), (1, 1, "0 1"), (3, 3, "0 1 2 3"), (7, 8, "0 2 4 6 8"),
            (10, 10, "0 5 10"), (399, 400, "0 100 200 300 400"),
            (2_120, 3_000, "0 1\u{202F}000 2\u{202F}000 3\u{202F}000"),
            (.nan, 1, "0 1"), (-5, 1, "0 1"),
        ])
    func counting(maximum: Double, upper: Double, labels: String) {
        let axis = Axis(upTo: maximum, minimumStep: 1)
        #expect(axis.lower == 0)
        #expect(axis.upper == upper)
        #expect(axis.ticks.map(\.label).joined(separator: " ") == labels)
    }

    @Test("small steps have the decimals that they need, and no more")
    func decimals() {
        #expect(Axis(upTo: 0.33).ticks.map(\.label) == ["0.0", "0.1", "0.2", "0.3", "0.4"])
        #expect(Axis(upTo: 0.07).ticks.map(\.label) == ["0.00", "0.02", "0.04", "0.06", "0.08"])
    }

    @Test("every step is 1, 2 or 5 times a power of ten, and gives a handful of ticks")
    func steps() {
        var span = 1e-3
        while span < 1e12 {
            let axis = Axis(linear: 0...span, intervals: 10)
            #expect((2...12).contains(axis.ticks.count), "\(span): \(axis.ticks.count) ticks")
            var digit = axis.ticks[1].value
            while digit < 0.999 { digit *= 10 }
            while digit > 9.99 { digit /= 10 }
            #expect([1.0, 2, 5].contains { abs($0 - digit) < 1e-6 }, "\(span): step \(digit)")
            span *= 1.37
        }
    }

    @Test("a time axis begins and ends where the run does, with ticks inside")
    func time() {
        let axis = Axis(linear: -1...60.4, intervals: 10)
        #expect(axis.ticks.map(\.value) == [0, 10, 20, 30, 40, 50, 60])
        #expect(axis.fraction(of: -1) == 0)
        #expect(axis.fraction(of: 60.4) == 1)
        #expect(abs(axis.fraction(of: 29.7) - 0.5) < 1e-9)
    }

    @Test("a logarithmic axis covers its values and labels powers of ten")
    func logarithmic() {
        let axis = Axis(logarithmicCovering: [3.1, 40, 2_210])
        #expect(axis.lower == 2)
        #expect(axis.upper == 5_000)
        #expect(axis.ticks.map(\.value) == [10, 100, 1_000])
        #expect(axis.minorTicks == [2, 5, 20, 50, 200, 500, 2_000, 5_000])
        #expect(axis.fraction(of: 2) == 0)
        #expect(axis.fraction(of: 5_000) == 1)
        #expect(abs(axis.fraction(of: 100) - 0.5) < 1e-9)
    }

    @Test("where there is room, 2 and 5 have labels too")
    func shortLogarithmic() {
        let axis = Axis(logarithmicCovering: [0.3, 1.4])
        #expect(axis.ticks.map(\.label) == ["0.2", "0.5", "1", "2"])
    }

    @Test("a logarithmic axis has a decade at least, eight at most, and takes anything")
    func boundedLogarithmic() {
        let one = Axis(logarithmicCovering: [7])
        #expect(one.lower == 1)
        #expect(one.upper == 10)
        let wide = Axis(logarithmicCovering: [1e-300, .infinity, -3, 0, .nan, 1e300])
        #expect(wide.upper == 1e12)
        #expect(wide.lower == 1e4)
        #expect(!Axis(logarithmicCovering: []).ticks.isEmpty)
    }

    @Test("what lies beyond an axis lies at its end")
    func clamped() {
        let axis = Axis(upTo: 10)
        #expect(axis.fraction(of: -1) == 0)
        #expect(axis.fraction(of: 11) == 1)
        #expect(axis.fraction(of: .nan) == 0)
        #expect(Axis(logarithmicCovering: [1, 10]).fraction(of: 0) == 0)
    }
}
