package import Bytes

/// How many entries a follower may have on their way to the leader: sent, and not answered. Each
/// answer makes room for another one. A leader says it once, when it takes entries.
package struct EntryCredit: Equatable, Sendable {
    /// The term in which the leader owns the log.
    package let term: UInt64
    package let entries: UInt32

    package init(term: UInt64, entries: UInt32) {
        self.term = term
        self.entries = entries
    }

    package init(_ payload: RawSpan) throws(LinkFrame.Fault) {
        do {
            var reader = ByteReader(payload)
            term = try reader.read()
            entries = try reader.read()
            guard reader.remaining == 0, term > 0 else { throw LinkFrame.Fault.malformed }
        } catch {
            throw .malformed
        }
    }

    package func append(to buffer: inout ByteBuffer) {
        let start = buffer.beginFrame(.credit)
        buffer.append(littleEndian: term)
        buffer.append(littleEndian: entries)
        buffer.endFrame(at: start, count: 0)
    }
}
