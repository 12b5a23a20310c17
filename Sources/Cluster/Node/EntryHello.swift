package import Bytes

/// What a link for entries begins with: who follows, and whom it takes for the leader. It is said
/// again once a second, so that a link without entries is not silent.
package struct EntryHello: Equatable, Sendable {
    package let node: String
    /// The term of the leader that the node looks for.
    package let term: UInt64

    package init(node: String, term: UInt64) {
        self.node = node
        self.term = term
    }

    package init(_ payload: RawSpan) throws(LinkFrame.Fault) {
        do {
            var reader = ByteReader(payload)
            term = try reader.read()
            node = try LinkFrame.name(try reader.read(length: reader.remaining))
        } catch {
            throw .malformed
        }
    }

    package func append(to buffer: inout ByteBuffer) {
        let start = buffer.beginFrame(.hello)
        buffer.append(littleEndian: term)
        buffer.append(node)
        buffer.endFrame(at: start, count: 0)
    }
}
