package import Bytes

/// The head of a frame on a link that entries go over, from a node that follows to its leader. The
/// frames that tell where a node is (``LinkFrame``) go over the same link.
///
/// Little-endian: the magic number, the version, the kind, how many items there are, and the bytes
/// of what follows. An item has its length before it.
package struct EntryFrame: Equatable, Sendable {
    package enum Kind: UInt8, CaseIterable, Sendable {
        /// To the leader: this link is for entries (``EntryHello``).
        case hello = 1
        /// To the follower: how many entries may be on their way (``EntryCredit``).
        case credit
        /// To the leader: entries, one an item.
        case entries
        /// To the follower: what became of them, one an item.
        case answers
        /// To the leader: this node needs leaves of the key trees to seal under; without content.
        case leavesWanted
        /// To the follower: leaves that nobody else has (``LeafGrant``).
        case leaves
        /// To the leader: a change that an operator asked this node for.
        case command
        /// To the follower: what came of it.
        case outcome
        /// To the leader: how this node is pushed, and by what.
        case sample
        /// To any node: batches that the log has no more (``BatchRequest``).
        case batchesWanted
        /// To the node that asked: a batch as it is on disk.
        case batch
        /// To the node that asked: no further batch comes (``BatchesEnd``).
        case batchesEnd

        /// Bytes that may follow the head.
        var maximumPayloadBytes: Int {
            switch self {
            case .command: EntryFrame.maximumCommandBytes
            case .batch: EtcdLimits.batchBytes
            default: EntryFrame.maximumPayloadBytes
            }
        }
    }

    package let kind: Kind
    /// Items of what follows; 0 where it has none.
    package let count: Int
    /// Bytes of what follows.
    package let payloadBytes: Int

    /// Bytes of the head.
    package static var headBytes: Int { 12 }
    /// Bytes that may follow.
    package static var maximumPayloadBytes: Int { 256 << 10 }
    /// Bytes of the longest change: a record's, and the settings that it was made from.
    package static var maximumCommandBytes: Int { 520 << 10 }
    /// Changes that a link may have on their way; nobody sends a further one.
    package static var commandsAtOnce: Int { 32 }
    /// Bytes of the longest frame.
    package static var maximumBytes: Int { headBytes + maximumPayloadBytes }
    /// Bytes before each item.
    package static var itemHeadBytes: Int { 4 }
    static var magic: UInt32 { 0x454B_5450 }
    private static var version: UInt8 { 1 }

    /// Reads the head of the frame that bytes begin with.
    /// - Returns: nil where the frame is not all there yet.
    static func first(in bytes: RawSpan) throws(LinkFrame.Fault) -> EntryFrame? {
        guard bytes.byteCount >= headBytes else { return nil }
        do {
            var reader = ByteReader(bytes)
            let (magic, version) = (try reader.read(UInt32.self), try reader.read(UInt8.self))
            let kind = Kind(rawValue: try reader.read(UInt8.self))
            let count = Int(try reader.read(UInt16.self))
            let length = Int(try reader.read(UInt32.self))
            guard magic == self.magic, version == self.version, let kind,
                length <= kind.maximumPayloadBytes
            else { throw LinkFrame.Fault.malformed }
            guard bytes.byteCount >= headBytes + length else { return nil }
            return EntryFrame(kind: kind, count: count, payloadBytes: length)
        } catch {
            throw .malformed
        }
    }

    /// Reads a frame's items, in order.
    /// - Throws: where the payload is not made of as many.
    package func forEachItem(
        in payload: RawSpan, _ body: (RawSpan) throws(LinkFrame.Fault) -> Void
    ) throws(LinkFrame.Fault) {
        var reader = ByteReader(payload)
        for _ in 0..<count {
            let item: RawSpan
            do {
                item = try reader.read(length: Int(try reader.read(UInt32.self)))
            } catch {
                throw .malformed
            }
            try body(item)
        }
        guard reader.remaining == 0 else { throw .malformed }
    }
}

extension ByteBuffer {
    /// Begins a frame; ``endFrame(at:count:)`` completes its head.
    /// - Returns: where it begins.
    package mutating func beginFrame(_ kind: EntryFrame.Kind) -> Int {
        let start = count
        append(littleEndian: EntryFrame.magic)
        append(UInt8(1))
        append(kind.rawValue)
        append(littleEndian: UInt16(0))
        append(littleEndian: UInt32(0))
        return start
    }

    /// - Parameters:
    ///   - start: as ``beginFrame(_:)`` said.
    ///   - items: how many were appended.
    package mutating func endFrame(at start: Int, count items: Int) {
        let payload = count - start - EntryFrame.headBytes
        precondition(
            payload <= EtcdLimits.batchBytes && items <= Int(UInt16.max), "a frame holds its items")
        overwrite(littleEndian: UInt16(items), at: start + 6)
        overwrite(littleEndian: UInt32(payload), at: start + 8)
    }

    /// Appends an item of a frame.
    package mutating func append(item: RawSpan) {
        append(littleEndian: UInt32(item.byteCount))
        append(item)
    }
}
