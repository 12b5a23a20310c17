import Glibc
import Testing

@testable import Robots

@Suite("The logarithm is the C library's, to seven digits")
struct BinaryLogarithmTests {
    @Test("from the smallest to the largest, and at powers of two exactly")
    func values() {
        var value = 1e-300
        while value < 1e300 {
            #expect(abs(BinaryLogarithm.of(value) - log2(value)) < 1e-7)
            value *= 1.37
        }
        for exponent in -1_000...1_000 {
            let value = Double(sign: .plus, exponent: exponent, significand: 1)
            #expect(BinaryLogarithm.of(value) == Double(exponent))
        }
    }

    @Test("of the gamma function: of factorials")
    func gamma() {
        #expect(BinaryLogarithm.ofGamma(1) == 0)
        #expect(abs(BinaryLogarithm.ofGamma(6) - log2(120)) < 1e-7)
        #expect(abs(BinaryLogarithm.ofGamma(2_880) - lgamma(2_880) / M_LN2) < 1e-4)
    }
}
