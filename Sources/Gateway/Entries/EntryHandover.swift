internal import Bytes
internal import Cryptography
internal import Ledger
internal import LockFree
internal import Wire

/// The way of an entry from a worker into the ring to the sequencer: the participant becomes a
/// fingerprint, what the person gave is sealed, and both are written as one record.
struct EntryHandover: ~Copyable {
    private let commands: ByteRing
    private let board: OperationBoard
    private let instruments: Instruments
    private let lane: Int
    private var fingerprints = KeyedHasher()
    private var sealer = Sealer()
    /// The entry in hand, as it goes into the ring.
    private var record = ByteBuffer(capacity: 16 << 10)
    private var scratch = ByteBuffer(capacity: 1 << 10)

    init(_ shared: Shared, lane: Int) {
        commands = shared.lanes[lane].commands
        board = shared.board
        instruments = shared.instruments
        self.lane = lane
    }

    /// Forgets the key schedule it holds, where an operation's keys have been destroyed.
    mutating func forgetKey() { sealer.forgetKey() }

    /// What the ledger knows an `Idempotency-Key` by.
    mutating func idempotency(_ text: RawSpan, _ profile: OperationProfile) -> Fingerprint {
        Fingerprint(fingerprints.hash(text, key: profile.keys.idempotency, domain: 0))
    }

    /// Appends a ticket's text to an answer.
    mutating func append(
        _ ticket: Ticket, for person: Fingerprint, _ profile: OperationProfile,
        to body: inout ByteBuffer
    ) {
        ticket.append(to: &body, for: person, key: profile.keys.ticket, &fingerprints)
    }

    /// Writes an entry into the ring.
    /// - Parameters:
    ///   - envelope: complete but for the participant's fingerprint and the ticket.
    ///   - json: what the entry's ranges count from.
    /// - Returns: false where the ring is so full that the entry is refused.
    mutating func push(
        _ envelope: EntryEnvelope, _ entry: EntryRequest, participant: RawSpan, _ json: RawSpan,
        _ profile: OperationProfile
    ) -> Bool {
        var envelope = envelope
        let person = Fingerprint(
            fingerprints.hash(participant, key: profile.keys.participant, domain: 0))
        envelope.command.participant = person
        if !entry.ticket.isEmpty,
            let ticket = Ticket(
                text: json.extracting(entry.ticket.range), for: person, key: profile.keys.ticket,
                &fingerprints, scratch: &scratch)
        {
            envelope.ticket = ticket.number
            envelope.ticketEpoch = ticket.epoch
        }
        record.removeAll()
        record.append(envelope)
        record.append(json.extracting(entry.source.range))
        seal(participant, json.extracting(entry.fields.range), profile)
        return push(profile.index, hasTicket: envelope.ticket > 0)
    }

    /// Seals what the person gave behind what the record has.
    private mutating func seal(
        _ participant: RawSpan, _ fields: RawSpan, _ profile: OperationProfile
    ) {
        sealer.seal(
            participant, fields, key: profile.keys.sealing, additional: RawSpan(), into: &record)
    }

    /// Puts the record into the ring, unless that is so full that it is refused.
    private func push(_ operation: UInt32, hasTicket: Bool) -> Bool {
        if hasTicket, commands.push(record.bytes) { return true }
        // While there is room for everybody, nobody asks who it is.
        let maximum = Shedding.beyondCover.reserve(of: commands.capacity)
        if commands.push(record.bytes, leaving: maximum) { return true }
        let shedding = board.shedding(of: operation)
        if !hasTicket,
            commands.push(record.bytes, leaving: shedding.reserve(of: commands.capacity))
        {
            return true
        }
        instruments.countShed(shedding, lane: lane)
        return false
    }
}
