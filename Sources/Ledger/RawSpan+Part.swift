internal import Bytes

extension RawSpan {
    /// A part that begins with its length in one byte.
    /// - Parameters:
    ///   - offset: of the length; behind the part afterwards.
    ///   - lengths: those that are allowed.
    /// - Throws: ``EntryRecordError/malformedExtensions``.
    func part(
        at offset: inout Int, of lengths: ClosedRange<Int>
    ) throws(EntryRecordError) -> Range<Int> {
        guard offset < byteCount else { throw .malformedExtensions }
        let length = Int(self[offset])
        let start = offset + 1
        guard lengths.contains(length), length <= byteCount - start else {
            throw .malformedExtensions
        }
        offset = start + length
        return start..<offset
    }
}
