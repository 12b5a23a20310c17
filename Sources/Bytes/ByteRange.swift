/// A range in a buffer of at most 4 GiB: 8 bytes instead of the 16 of a `Range<Int>`.
package struct ByteRange: Equatable, Sendable, BitwiseCopyable {
    package var start: UInt32
    package var count: UInt32

    package init(start: UInt32 = 0, count: UInt32 = 0) {
        self.start = start
        self.count = count
    }

    /// - Precondition: both bounds are in `0...UInt32.max`.
    package init(_ range: Range<Int>) {
        start = UInt32(range.lowerBound)
        count = UInt32(range.count)
    }

    package var isEmpty: Bool { count == 0 }

    /// The same bounds for subscripts and `extracting`.
    package var range: Range<Int> { Int(start)..<(Int(start) + Int(count)) }
}
