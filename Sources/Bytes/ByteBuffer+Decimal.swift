extension ByteBuffer {
    /// Appends a decimal number, padded with zeros to `width` digits.
    package mutating func append(decimal value: UInt64, width: Int = 1) {
        precondition(width >= 1 && width <= 20, "a UInt64 has at most 20 digits")
        var digits = InlineArray<20, UInt8>(repeating: ASCII.zero)
        var rest = value
        var first = 20
        while rest > 0 || 20 - first < width {
            first -= 1
            digits[first] = ASCII.zero + UInt8(rest % 10)
            rest /= 10
        }
        unsafe append(digits.span.bytes.extracting(first..<20))
    }
}
