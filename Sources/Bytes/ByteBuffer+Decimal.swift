extension ByteBuffer {
    /// Appends a decimal number, padded with zeros to `width` digits.
    ///
    /// Two digits at a time, from the last pair: half as many divisions, each by a constant.
    package mutating func append(decimal value: UInt64, width: Int = 1) {
        precondition(width >= 1 && width <= 20, "a UInt64 has at most 20 digits")
        let length = max(width, Self.digitCount(value))
        reserve(length)
        var rest = value
        var at = count + length
        while rest >= 100 {
            at -= 2
            unsafe base.storeBytes(
                of: Self.pair(rest % 100), toByteOffset: at, as: UInt16.self)
            rest /= 100
        }
        if rest >= 10 {
            at -= 2
            unsafe base.storeBytes(of: Self.pair(rest), toByteOffset: at, as: UInt16.self)
        } else {
            at -= 1
            unsafe base.storeBytes(
                of: ASCII.zero + UInt8(truncatingIfNeeded: rest), toByteOffset: at, as: UInt8.self)
        }
        while at > count {
            at -= 1
            unsafe base.storeBytes(of: ASCII.zero, toByteOffset: at, as: UInt8.self)
        }
        count += length
    }

    /// Digits of a number without leading zeros; 1 for 0.
    private static func digitCount(_ value: UInt64) -> Int {
        var digits = 1
        var rest = value
        while rest >= 10_000 {
            digits += 4
            rest /= 10_000
        }
        return digits + (rest >= 1_000 ? 3 : rest >= 100 ? 2 : rest >= 10 ? 1 : 0)
    }

    /// The two digits of a number below 100, as they lie in memory: the tens first.
    @inline(__always)
    private static func pair(_ value: UInt64) -> UInt16 {
        let (tens, ones) = value.quotientAndRemainder(dividingBy: 10)
        return UInt16(truncatingIfNeeded: 0x3030 | tens | ones << 8).littleEndian
    }
}
