internal import Bytes

extension ByteBuffer {
    /// Appends the shortest text that reads back as the same number, or `NaN`, `+Inf`, `-Inf`.
    mutating func append(shortest value: Double) {
        if value.isNaN { return append("NaN") }
        if value.isInfinite { return append(value > 0 ? "+Inf" : "-Inf") }
        append(value.description)
    }

    mutating func append(signed value: Int64) {
        if value < 0 { append(0x2D) }
        append(decimal: value.magnitude)
    }

    /// Appends `value` / 10^`decimals` exactly, without trailing zeros: 1500 / 10^3 as `1.5`.
    /// A whole number gets no point.
    mutating func append(_ value: UInt64, decimals: Int) {
        let power = powerOfTen(decimals)
        append(decimal: value / power)
        var rest = value % power
        if rest == 0 { return }
        var width = decimals
        while rest % 10 == 0 {
            rest /= 10
            width -= 1
        }
        append(0x2E)
        append(decimal: rest, width: width)
    }

    /// Appends `value` / 10^`decimals` exactly, in the form that OpenMetrics requires for `le`
    /// (section "Considerations: Canonical Numbers"): as Go's `%g`, with `.0` after whole numbers,
    /// so that every exposer writes the same bound as the same text. `1.0`, `0.001024`, `6.4e-05`.
    mutating func append(canonical value: UInt64, decimals: Int) {
        precondition(value > 0, "a bound is positive")
        var digits = value
        var scale = decimals
        while digits % 10 == 0 {
            digits /= 10
            scale -= 1
        }
        // The value is digits / 10^scale; its first digit has the weight 10^exponent.
        var digitCount = 1
        while digitCount < 20, digits / powerOfTen(digitCount) > 0 { digitCount += 1 }
        let exponent = digitCount - 1 - scale
        if exponent >= -4 && exponent < 6 {
            if scale > 0 { return append(digits, decimals: scale) }
            append(decimal: digits * powerOfTen(-scale))
            return append(".0")
        }
        append(digits, decimals: digitCount - 1)
        append(exponent < 0 ? "e-" : "e+")
        append(decimal: UInt64(abs(exponent)), width: 2)
    }
}

private func powerOfTen(_ exponent: Int) -> UInt64 {
    precondition(exponent >= 0 && exponent <= 19, "10^19 is the largest in 64 bits")
    var power: UInt64 = 1
    for _ in 0..<exponent { power *= 10 }
    return power
}
