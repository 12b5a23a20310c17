internal import Addresses
internal import Bytes
internal import Ledger
internal import Robots
internal import Sockets
internal import Wire

/// What layers 3 and 4 are told of an entry: a worker fills it in. Nothing of it is recorded.
extension EntryTraits {
    /// What is known before the body is read.
    /// - Parameters:
    ///   - client: who sent it, as far as proxies that are believed tell; hidden, its address and
    ///     network are not known.
    ///   - head: ``RobotVerdict/headHash`` of the request.
    ///   - lane: of the loop whose connection it is.
    init(
        from source: RequestSource, _ client: ClientAddress, operation: UInt32, key: UInt32,
        head: UInt32, lane: Int, _ origins: OriginHash
    ) {
        let address = client.address
        self.init(
            operation: operation, key: key,
            address: client.isHidden ? 0 : origins.hash(address.subscriber), participant: 0)
        if !client.isHidden {
            network = max(UInt32(truncatingIfNeeded: origins.hash(address.network)), 1)
        }
        // Behind a proxy many people share a connection.
        if source.transport.contains(.direct) {
            session = origins.hash(source.connection, ofLane: lane)
            clientHello = source.clientHello.program
            formMilliseconds = source.formMilliseconds
        }
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
