package import Bytes

/// Leaves of the operations' key trees that a leader gives to a follower, which seals entries under
/// them: nobody else has them, and nobody gets them again.
package struct LeafGrant: Equatable, Sendable {
    package let leaves: Range<UInt64>

    /// Leaves that a follower gets at a time, at most.
    package static var leavesAtOnce: UInt64 { 1 << 16 }

    package init(_ leaves: Range<UInt64>) {
        self.leaves = leaves
    }

    package init(_ payload: RawSpan) throws(LinkFrame.Fault) {
        do {
            var reader = ByteReader(payload)
            let (first, count) = (try reader.read(UInt64.self), try reader.read(UInt64.self))
            let (end, isOver) = first.addingReportingOverflow(count)
            guard reader.remaining == 0, !isOver, (1...Self.leavesAtOnce).contains(count) else {
                throw LinkFrame.Fault.malformed
            }
            leaves = first..<end
        } catch {
            throw .malformed
        }
    }

    package func append(to buffer: inout ByteBuffer) {
        let start = buffer.beginFrame(.leaves)
        buffer.append(littleEndian: leaves.lowerBound)
        buffer.append(littleEndian: UInt64(leaves.count))
        buffer.endFrame(at: start, count: 0)
    }
}
