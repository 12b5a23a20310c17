/// A range in a buffer of at most 4 GiB: 8 bytes instead of the 16 of a `Range<Int>`.
///
/// Inlined into other modules: a request is read by dozens of them.
@usableFromInline
package struct ByteRange: Equatable, Sendable, BitwiseCopyable {
    @usableFromInline package var start: UInt32
    @usableFromInline package var count: UInt32

    @inlinable package init(start: UInt32 = 0, count: UInt32 = 0) {
        self.start = start
        self.count = count
    }

    /// - Precondition: both bounds are in `0...UInt32.max`.
    @inlinable package init(_ range: Range<Int>) {
        start = UInt32(range.lowerBound)
        count = UInt32(range.count)
    }

    @inlinable package var isEmpty: Bool { count == 0 }

    /// The same bounds for subscripts and `extracting`.
    @inlinable package var range: Range<Int> { Int(start)..<(Int(start) + Int(count)) }
}
