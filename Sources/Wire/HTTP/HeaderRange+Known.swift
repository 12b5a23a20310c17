package import Bytes

extension HeaderRange {
    /// - Parameter known: which of the fields that the gateway reads it is, if any.
    @inline(__always)
    init(name: Range<Int>, value: Range<Int>, known: KnownField?) {
        // All offsets are below `headBytes`, which fits 16 bits; the name's length fits 8.
        self.init(
            nameStart: UInt16(name.lowerBound), nameCount: UInt8(name.count),
            valueStart: UInt16(value.lowerBound), valueCount: UInt16(value.count),
            mark: known.map { $0.rawValue + 1 } ?? 0)
    }

    /// Which of the fields that the gateway reads it is, if any.
    package var known: KnownField? { mark == 0 ? nil : KnownField(rawValue: mark - 1) }
}
