/// The logarithm to base 2, in additions, multiplications and one division: the same bits on every
/// machine, which a C library's does not promise.
enum BinaryLogarithm {
    /// The logarithm; its error is below 10⁻⁷.
    ///
    /// The mantissa is brought into √½…√2, and ln m = 2 artanh((m - 1) / (m + 1)) becomes a series
    /// of four terms.
    /// - Precondition: `value` is finite and greater than 0.
    @inline(__always)
    static func of(_ value: Double) -> Double {
        let bits = value.bitPattern
        // No branch, which half of all values would take: with the first mantissa above √2 as the
        // beginning of the next power of two.
        let above = Double(1.414_213_562_373_095).bitPattern &+ 1
        let shifted = bits &+ (0x3FF0_0000_0000_0000 &- above &+ 0x0010_0000_0000_0000)
        let power = (shifted >> 52) &- 1023
        let exponent = Int64(bitPattern: power)
        let mantissa = Double(bitPattern: bits &- power &<< 52)
        let ratio = (mantissa - 1) / (mantissa + 1)
        let square = ratio * ratio
        let series = 1 + square * (1 / 3.0 + square * (1 / 5.0 + square * (1 / 7.0)))
        return Double(exponent) + ratio * series * 2.885_390_081_777_927
    }

    /// Of the gamma function at a whole number: of the product of all numbers below `argument`.
    /// - Precondition: `argument` is at least 1.
    static func ofGamma(_ argument: Int) -> Double {
        (1..<argument).reduce(0) { $0 + of(Double($1)) }
    }
}
