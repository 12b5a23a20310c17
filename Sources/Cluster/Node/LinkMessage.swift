internal import Bytes

/// What the bytes of a link begin with.
package enum LinkMessage: Equatable, Sendable {
    /// Where a node is.
    case status(LinkFrame)
    /// A frame of a link for entries.
    case frame(EntryFrame)

    /// - Returns: nil where it is not all there yet.
    package static func first(
        in bytes: RawSpan
    ) throws(LinkFrame.Fault) -> (LinkMessage, byteCount: Int)? {
        guard bytes.byteCount >= 4 else { return nil }
        let magic = UInt32(bytes[0]) | UInt32(bytes[1]) << 8
        guard magic | UInt32(bytes[2]) << 16 | UInt32(bytes[3]) << 24 == EntryFrame.magic else {
            return try LinkFrame.first(in: bytes).map { (.status($0.0), $0.byteCount) }
        }
        return try EntryFrame.first(in: bytes).map {
            (.frame($0), EntryFrame.headBytes + $0.payloadBytes)
        }
    }
}
