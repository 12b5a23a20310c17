internal import Addresses
internal import Bytes
internal import Ledger
internal import Robots
internal import Sockets

/// What layers 3 and 4 are told of an entry: a worker fills it in.
///
/// Addresses are given as they are, not hashed: the sequencer's tables hash all keys with a seed of
/// its own, and nothing of them is recorded.
extension EntryTraits {
    /// What is known before the body is read.
    /// - Parameters:
    ///   - head: ``HeadHash`` of the request.
    ///   - lane: of the loop whose connection it is.
    init(
        from source: RequestSource, operation: UInt32, key: UInt32, head: UInt32, lane: Int
    ) {
        let peer = source.peer
        let subscriber = peer.subscriber
        self.init(
            operation: operation, key: key,
            address: peer.isIPv4 ? subscriber.low : subscriber.high, participant: 0)
        // Behind a proxy many people share a connection.
        if source.transport.contains(.direct) {
            let connection = source.connection
            session =
                UInt64(lane) << 56
                | (UInt64(connection.place) << 24 ^ UInt64(connection.generation) &+ 1)
        }
        network =
            peer.isIPv4
            ? UInt32(truncatingIfNeeded: peer.low >> 8) | 0xFF00_0000
            : UInt32(
                truncatingIfNeeded: ((peer.high >> 16) &* 0x9E37_79B9_7F4A_7C15) >> 32) | 1
        self.head = head
    }

    /// What the body tells.
    /// - Parameters:
    ///   - text: the participant as it was sent.
    ///   - person: the participant as the ledger has it.
    ///   - fields: the bytes of `fields`; empty without them.
    ///   - isReturning: the entry has a ticket.
    mutating func complete(
        _ text: RawSpan, _ person: Fingerprint, fields: RawSpan, isReturning: Bool
    ) {
        participant = person.high ^ person.low
        shape = ParticipantShape(text)
        self.isReturning = isReturning
        guard fields.byteCount > 0 else { return }
        var hash = ByteHash()
        hash.add(fields)
        self.fields = hash.folded
        fieldsBytes = UInt32(clamping: fields.byteCount)
    }
}
