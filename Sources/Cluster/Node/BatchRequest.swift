package import Bytes

/// What a node asks another one for whose journal ends before what is left of the log.
package struct BatchRequest: Equatable, Sendable {
    /// The first record of the first batch.
    package let first: UInt64
    /// The log has what begins with this record: nothing is sent from there on.
    package let below: UInt64

    /// - Precondition: there is a record between them.
    package init(first: UInt64, below: UInt64) {
        precondition(first >= 1 && first < below, "asks for a record or more")
        self.first = first
        self.below = below
    }

    package init(_ payload: RawSpan) throws(LinkFrame.Fault) {
        do {
            var reader = ByteReader(payload)
            first = try reader.read()
            below = try reader.read()
            guard reader.remaining == 0, first >= 1, first < below else {
                throw LinkFrame.Fault.malformed
            }
        } catch {
            throw .malformed
        }
    }

    package func append(to buffer: inout ByteBuffer) {
        let start = buffer.beginFrame(.batchesWanted)
        buffer.append(littleEndian: first)
        buffer.append(littleEndian: below)
        buffer.endFrame(at: start, count: 0)
    }
}
