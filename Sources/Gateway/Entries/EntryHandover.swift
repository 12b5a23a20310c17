internal import Bytes
internal import Cryptography
internal import Ledger
internal import LockFree
internal import Robots
internal import Wire

/// The way of an entry from a worker into the ring to the sequencer: the participant becomes a
/// fingerprint, what the person gave is sealed, and both are written as one record.
struct EntryHandover: ~Copyable {
    private let shared: Shared
    private var rings: RingChoice
    private let board: OperationBoard
    private let instruments: Instruments
    private let lane: Int
    private var fingerprints = KeyedHasher()
    private let leaves: LeafPool
    private var sealer = Sealer()
    private var leafKeys = LeafKeyTable()
    private var scratch = ByteBuffer(capacity: 1 << 10)

    init(_ shared: Shared, lane: Int) {
        self.shared = shared
        rings = RingChoice(shared.lanes[lane])
        board = shared.board
        instruments = shared.instruments
        leaves = shared.leaves
        self.lane = lane
    }

    /// Forgets the keys of an operation that is no more.
    mutating func forgetKeys(of operation: UInt32) {
        rings.forget(operation)
        leafKeys.remove(operation)
        // With the schedule of the last key.
        sealer = Sealer()
    }

    /// What the ledger knows an `Idempotency-Key` by; which request it is of follows when the entry
    /// is pushed.
    mutating func idempotency(_ text: RawSpan, _ profile: OperationProfile) -> Fingerprint {
        let hash = fingerprints.hash(text, key: profile.keys.idempotency, domain: 0)
        return Fingerprint(high: hash.high, low: 1)
    }

    /// 64 bits of what a request asks for, whatever the operation's settings are when it comes. The
    /// ticket and the solved challenge are left out: they say when it is let in, and a retry may
    /// have others.
    private static func digest(
        of parts: Parts, secondKey: RawSpan, _ entry: EntryRequest, _ profile: OperationProfile,
        _ fingerprints: inout KeyedHasher, scratch: inout ByteBuffer
    ) -> UInt64 {
        scratch.removeAll()
        scratch.append(entry.ageConfirmed ? UInt8(1) : 0)
        // Each part behind its length: no two requests are written alike.
        append(parts.participant, to: &scratch)
        append(parts.source, to: &scratch)
        append(codesOf: parts.consents, to: &scratch)
        append(parts.fields, to: &scratch)
        if secondKey.byteCount > 0 { append(secondKey, to: &scratch) }
        return fingerprints.hash(scratch.bytes, key: profile.keys.idempotency, domain: 1).high
    }

    private static func append(_ part: RawSpan, to text: inout ByteBuffer) {
        text.append(littleEndian: UInt64(part.byteCount))
        text.append(part)
    }

    /// Appends consents as ``GivenConsents`` has those without a text: which text was in force is
    /// the operation's, and a retry may come after it has changed.
    private static func append(codesOf consents: RawSpan, to text: inout ByteBuffer) {
        let start = text.count
        // The length follows.
        text.append(littleEndian: UInt64(0))
        var offset = 0
        while offset < consents.byteCount {
            let end = offset + 1 + Int(consents[offset])
            text.append(consents.extracting(offset..<end))
            text.append(UInt8(0))
            offset = end + 1 + Int(consents[end])
        }
        let length = text.count - start - MemoryLayout<UInt64>.size
        text.overwrite(littleEndian: UInt64(length), at: start)
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
    ///   - decoded: the same, for text that was written with escapes.
    ///   - canonical: the participant's canonical form, where the operation goes by one.
    ///   - consents: that the person gave, as ``GivenConsents`` reads them.
    ///   - findings: what rules found of the head, as ``RobotFindings`` reads it.
    /// - Returns: false where the ring is so full that the entry is refused, or the vault has given
    ///   out no more leaves.
    mutating func push(
        _ envelope: EntryEnvelope, _ entry: EntryRequest, _ json: RawSpan, decoded: RawSpan,
        canonical: RawSpan, consents: RawSpan, findings: RawSpan, _ profile: OperationProfile
    ) -> Bool {
        let participant = entry.participant.bytes(json, decoded)
        // A key that seals this entry and nothing else.
        guard let key = leafKeys.next(of: profile, from: leaves) else {
            instruments.count(.entryKeys, lane: lane)
            return false
        }
        var envelope = envelope
        envelope.command.leaf = key.leaf
        let person = Fingerprint(
            profile.isOpaque
                ? fingerprints.hash(participant, key: profile.keys.participant, domain: 0)
                : fingerprints.hash(canonical, key: profile.keys.participant, domain: 0))
        envelope.command.participant = person
        envelope.command.identityMark = profile.identityMark
        if profile.limitsSecondKey {
            let second = fingerprints.hash(
                entry.secondKey.bytes(json, decoded), key: profile.keys.secondKey, domain: 0)
            // Never none, whatever the hash.
            envelope.command.secondKey = Fingerprint(high: second.high, low: max(second.low, 1))
        }
        if !entry.ticket.range.isEmpty,
            let ticket = Ticket(
                text: entry.ticket.bytes(json, decoded), for: person, key: profile.keys.ticket,
                &fingerprints, scratch: &scratch)
        {
            envelope.ticket = ticket.number
            envelope.ticketEpoch = ticket.epoch
        }
        if envelope.suspicion.measure != nil {
            envelope.traits.complete(
                participant, person, fields: json.extracting(entry.fields.range),
                isReturning: envelope.ticket > 0)
        }
        let parts = Parts(
            findings: findings, consents: consents, challenge: envelope.command.challenge,
            source: entry.source.bytes(json, decoded), participant: participant,
            fields: json.extracting(entry.fields.range), secondKey: envelope.command.secondKey,
            permit: envelope.command.permit)
        if !envelope.command.idempotency.isNone {
            envelope.command.idempotency.low = Self.digest(
                of: parts, secondKey: entry.secondKey.bytes(json, decoded), entry, profile,
                &fingerprints, scratch: &scratch)
        }
        envelope.extensionBytes = UInt16(parts.extensionBytes)
        return push(envelope, parts, key, profile)
    }

    /// What a record holds behind its envelope, before it is sealed.
    private struct Parts: ~Escapable {
        let findings: RawSpan
        let consents: RawSpan
        let challenge: SolvedChallenge
        let source: RawSpan
        let participant: RawSpan
        let fields: RawSpan
        /// ``Fingerprint/none`` where the operation limits no second key.
        let secondKey: Fingerprint
        /// ``EntryCommand/noPermit`` where it came with none.
        let permit: UInt32

        @_lifetime(copy findings, copy consents, copy source, copy participant, copy fields)
        init(
            findings: RawSpan, consents: RawSpan, challenge: SolvedChallenge, source: RawSpan,
            participant: RawSpan, fields: RawSpan, secondKey: Fingerprint, permit: UInt32
        ) {
            self.findings = findings
            self.consents = consents
            self.challenge = challenge
            self.source = source
            self.participant = participant
            self.fields = fields
            self.secondKey = secondKey
            self.permit = permit
        }

        var isTest: Bool { permit != EntryCommand.noPermit }

        /// Whether a solved challenge stands in the entry's record.
        var hasChallenge: Bool { challenge.state == .solved }

        /// Bytes of the extensions of the entry's record; 0 where there are none.
        var extensionBytes: Int {
            (consents.byteCount == 0 ? 0 : EntryExtensions.headBytes + consents.byteCount)
                + (hasChallenge ? EntryExtensions.challengeBytes : 0)
                + (secondKey.isNone ? 0 : EntryExtensions.secondKeyBytes)
                + (isTest ? EntryExtensions.permitBytes : 0)
        }

        /// Bytes of the record.
        var recordBytes: Int {
            MemoryLayout<EntryEnvelope>.size + findings.byteCount + extensionBytes
                + source.byteCount + participant.byteCount + fields.byteCount
                + SealedFormat.overheadBytes
        }
    }

    /// Writes the record into its operation's ring, unless that is so full that the entry is
    /// refused. What is refused is not sealed.
    private mutating func push(
        _ envelope: EntryEnvelope, _ parts: Parts, _ key: LeafKeyTable.Key,
        _ profile: OperationProfile
    ) -> Bool {
        let isHeld = board.isHeld(profile.index)
        var envelope = envelope
        envelope.behind = rings.behind(profile.index, isHeld: isHeld)
        guard push(envelope, parts, key, profile, isHeld) else { return false }
        rings.record(profile.index, isHeld: isHeld)
        return true
    }

    private mutating func push(
        _ envelope: EntryEnvelope, _ parts: Parts, _ key: LeafKeyTable.Key,
        _ profile: OperationProfile, _ isHeld: Bool
    ) -> Bool {
        let hasPlace =
            envelope.ticket > 0 && board.keepsPlaces(of: profile.index, at: shared.ledgerTime)
        if hasPlace, push(envelope, parts, key, isHeld, leaving: 0) { return true }
        // While there is room for all, whose entry it is does not matter.
        let maximum = Shedding.missingNotice.reserve(of: rings.capacity)
        if push(envelope, parts, key, isHeld, leaving: maximum) { return true }
        let shedding = board.shedding(of: profile.index, at: shared.ledgerTime)
        if !hasPlace,
            push(envelope, parts, key, isHeld, leaving: shedding.reserve(of: rings.capacity))
        {
            return true
        }
        instruments.countShed(shedding, lane: lane)
        return false
    }

    /// Writes the record where the sequencer reads it.
    private mutating func push(
        _ envelope: EntryEnvelope, _ parts: Parts, _ key: LeafKeyTable.Key, _ isHeld: Bool,
        leaving reserve: Int
    ) -> Bool {
        if isHeld {
            return Self.write(
                envelope, parts, &sealer, leafKeys, key, leaving: reserve, into: rings.heldCommands)
        }
        return Self.write(
            envelope, parts, &sealer, leafKeys, key, leaving: reserve, into: rings.commands)
    }

    /// The same with the fields one by one: a span of one field is held against all of its owner.
    private static func write(
        _ envelope: EntryEnvelope, _ parts: Parts, _ sealer: inout Sealer,
        _ leafKeys: borrowing LeafKeyTable, _ key: LeafKeyTable.Key, leaving reserve: Int,
        into ring: ByteRing
    ) -> Bool {
        unsafe ring.push(maximum: parts.recordBytes, leaving: reserve) { room in
            unsafe ByteBuffer.fill(room) { record in
                record.append(envelope)
                record.append(parts.findings)
                if parts.consents.byteCount > 0 {
                    record.append(EntryExtensions.consentsTag)
                    record.append(littleEndian: UInt16(parts.consents.byteCount))
                    record.append(parts.consents)
                }
                if parts.hasChallenge { EntryExtensions.append(parts.challenge, to: &record) }
                if !parts.secondKey.isNone {
                    EntryExtensions.append(secondKey: parts.secondKey, to: &record)
                }
                if parts.isTest { EntryExtensions.append(permit: parts.permit, to: &record) }
                record.append(parts.source)
                sealer.seal(
                    parts.participant, parts.fields, key: leafKeys.secret(key), into: &record)
            }
        }
    }
}
