internal import Addresses
internal import Bytes
internal import Ledger
internal import Robots
internal import Sockets

/// An entry as one node sends it to another: what its envelope says, field by field, little-endian,
/// then what stands behind the envelope in the ring.
///
/// The number comes back with the answer. When it was handed over is not sent: another machine's
/// clock says nothing here.
enum ForwardedEntry {
    /// Bytes of the fields.
    static let fixedBytes = 271

    /// Bytes of the longest entry.
    static var maximumBytes: Int { fixedBytes + maximumTailBytes }

    /// Bytes that stand behind an envelope, at most.
    static var maximumTailBytes: Int {
        LedgerLimits.evidenceBytes + LedgerLimits.extensionBytes + LedgerLimits.sourceBytes
            + LedgerLimits.sealedBytes
    }

    private enum Flag {
        static var ageConfirmed: UInt8 { 1 }
        static var consentsGiven: UInt8 { 2 }
        static var mayRepeat: UInt8 { 4 }
        static var isReturning: UInt8 { 8 }
        static var isOpaque: UInt8 { 16 }
        static var all: UInt8 { 31 }
    }

    private static var noMeasure: UInt8 { .max }

    /// - Parameter tail: what stands behind the envelope in the ring.
    static func append(
        _ envelope: EntryEnvelope, number: UInt64, tail: RawSpan, to buffer: inout ByteBuffer
    ) {
        let start = buffer.count
        buffer.append(littleEndian: number)
        buffer.append(flags(of: envelope))
        append(envelope.command, to: &buffer)
        buffer.append(littleEndian: envelope.ticket)
        buffer.append(littleEndian: envelope.ticketEpoch)
        buffer.append(littleEndian: envelope.missingConsents)
        buffer.append(littleEndian: envelope.settingsMark)
        append(envelope.suspicion, to: &buffer)
        append(envelope.traits, to: &buffer)
        buffer.append(littleEndian: envelope.origin.network.high)
        buffer.append(littleEndian: envelope.origin.network.low)
        buffer.append(littleEndian: envelope.origin.named)
        buffer.append(littleEndian: envelope.extensionBytes)
        buffer.append(littleEndian: envelope.sourceBytes)
        precondition(buffer.count - start == fixedBytes, "the fields are as long as they are read")
        buffer.append(tail)
    }

    private static func flags(of envelope: EntryEnvelope) -> UInt8 {
        (envelope.command.ageConfirmed ? Flag.ageConfirmed : 0)
            | (envelope.command.consentsGiven ? Flag.consentsGiven : 0)
            | (envelope.mayRepeat ? Flag.mayRepeat : 0)
            | (envelope.traits.isReturning ? Flag.isReturning : 0)
            | (envelope.traits.shape.isOpaque ? Flag.isOpaque : 0)
    }

    private static func append(_ command: EntryCommand, to buffer: inout ByteBuffer) {
        buffer.append(littleEndian: command.operation)
        buffer.append(littleEndian: command.key)
        append(command.participant, to: &buffer)
        append(command.idempotency, to: &buffer)
        append(command.secondKey, to: &buffer)
        buffer.append(littleEndian: command.identityMark)
        buffer.append(littleEndian: command.leaf)
        append(command.challenge.mark, to: &buffer)
        buffer.append(littleEndian: command.challenge.expires)
        buffer.append(command.challenge.level)
        buffer.append(command.challenge.state.rawValue)
        buffer.append(littleEndian: command.permit)
    }

    private static func append(_ fingerprint: Fingerprint, to buffer: inout ByteBuffer) {
        buffer.append(littleEndian: fingerprint.high)
        buffer.append(littleEndian: fingerprint.low)
    }

    private static func append(_ suspicion: RobotSuspicion, to buffer: inout ByteBuffer) {
        buffer.append(suspicion.measure?.rawValue ?? noMeasure)
        buffer.append(littleEndian: suspicion.signatureWeight)
        buffer.append(littleEndian: suspicion.weight)
        buffer.append(littleEndian: suspicion.lower)
        buffer.append(littleEndian: suspicion.upper)
        buffer.append(littleEndian: suspicion.rulesetVersion)
        buffer.append(littleEndian: suspicion.rulesetDigest)
        buffer.append(littleEndian: suspicion.findingsBytes)
        buffer.append(suspicion.omittedFindings)
        buffer.append(littleEndian: suspicion.tool.place)
        buffer.append(littleEndian: suspicion.tool.ruleset)
    }

    private static func append(_ traits: EntryTraits, to buffer: inout ByteBuffer) {
        buffer.append(littleEndian: traits.address)
        buffer.append(littleEndian: traits.session)
        buffer.append(littleEndian: traits.participant)
        buffer.append(littleEndian: traits.operation)
        buffer.append(littleEndian: traits.key)
        buffer.append(littleEndian: traits.network)
        buffer.append(littleEndian: traits.head)
        buffer.append(littleEndian: traits.clientHello)
        buffer.append(littleEndian: traits.fields)
        buffer.append(littleEndian: traits.fieldsBytes)
        buffer.append(littleEndian: traits.formMilliseconds)
        buffer.append(littleEndian: traits.shape.stem)
        buffer.append(littleEndian: traits.shape.pattern)
        buffer.append(littleEndian: traits.shape.domain)
        buffer.append(littleEndian: traits.shape.firstWord)
        buffer.append(littleEndian: traits.shape.lastWord)
        buffer.append(littleEndian: traits.shape.number)
        buffer.append(traits.shape.digits)
        buffer.append(traits.shape.consonants)
    }

    // MARK: Reading

    /// Reads an entry.
    /// - Parameter now: nanoseconds of this machine's monotonic clock: when it was handed over.
    /// - Returns: the envelope, with the entry's number as its connection; nil where the bytes are
    ///   none that ``append(_:number:tail:to:)`` writes. What stands behind the envelope in a ring
    ///   begins at ``fixedBytes``.
    static func envelope(_ bytes: RawSpan, at now: UInt64) -> EntryEnvelope? {
        guard bytes.byteCount >= fixedBytes, bytes.byteCount <= maximumBytes else { return nil }
        var reader = ByteReader(bytes)
        do {
            let number: UInt64 = try reader.read()
            let flags: UInt8 = try reader.read()
            guard flags & ~Flag.all == 0,
                let command = try command(&reader, flags)
            else { return nil }
            var envelope = EntryEnvelope(
                connection: EventToken(number: number), handedOver: now, command: command,
                sourceBytes: 0)
            envelope.ticket = try reader.read()
            envelope.ticketEpoch = try reader.read()
            envelope.missingConsents = try reader.read()
            envelope.settingsMark = try reader.read()
            envelope.mayRepeat = flags & Flag.mayRepeat != 0
            guard let suspicion = try suspicion(&reader) else { return nil }
            envelope.suspicion = suspicion
            envelope.traits = try traits(&reader, flags)
            envelope.origin = RobotOrigin(
                network: IPAddress(high: try reader.read(), low: try reader.read()),
                named: try reader.read())
            envelope.extensionBytes = try reader.read()
            envelope.sourceBytes = try reader.read()
            return holdsItsParts(envelope, reader.remaining) ? envelope : nil
        } catch {
            return nil
        }
    }

    /// Whether what stands behind an envelope is as long as it says, and no part is longer than an
    /// entry's record takes it.
    private static func holdsItsParts(_ envelope: EntryEnvelope, _ tailBytes: Int) -> Bool {
        let (findings, extensions, source) = (
            Int(envelope.suspicion.findingsBytes), Int(envelope.extensionBytes),
            Int(envelope.sourceBytes)
        )
        let sealed = tailBytes - findings - extensions - source
        return findings <= LedgerLimits.evidenceBytes && extensions <= LedgerLimits.extensionBytes
            && source <= LedgerLimits.sourceBytes
            && (0...LedgerLimits.sealedBytes).contains(sealed)
    }

    @_lifetime(reader: copy reader)
    private static func command(
        _ reader: inout ByteReader, _ flags: UInt8
    ) throws(ByteReaderError) -> EntryCommand? {
        let (operation, key) = (try reader.read(UInt32.self), try reader.read(UInt32.self))
        let participant = try fingerprint(&reader)
        let idempotency = try fingerprint(&reader)
        let secondKey = try fingerprint(&reader)
        let (mark, leaf) = (try reader.read(UInt32.self), try reader.read(UInt64.self))
        let challenge = try fingerprint(&reader)
        let (expires, level) = (try reader.read(UInt32.self), try reader.read(UInt8.self))
        let state = SolvedChallenge.State(rawValue: try reader.read())
        let permit: UInt32 = try reader.read()
        // Tables have a place for every operation that may be.
        guard operation < LedgerLimits.operations, leaf < LedgerLimits.leaves, let state,
            permit == EntryCommand.noPermit || permit < LedgerLimits.permits
        else { return nil }
        return EntryCommand(
            operation: operation, key: key, participant: participant, idempotency: idempotency,
            secondKey: secondKey, ageConfirmed: flags & Flag.ageConfirmed != 0,
            consentsGiven: flags & Flag.consentsGiven != 0, identityMark: mark, leaf: leaf,
            challenge: SolvedChallenge(
                mark: challenge, expires: expires, level: level, state: state),
            permit: permit)
    }

    @_lifetime(reader: copy reader)
    private static func fingerprint(
        _ reader: inout ByteReader
    ) throws(ByteReaderError) -> Fingerprint {
        Fingerprint(high: try reader.read(), low: try reader.read())
    }

    @_lifetime(reader: copy reader)
    private static func suspicion(
        _ reader: inout ByteReader
    ) throws(ByteReaderError) -> RobotSuspicion? {
        let code: UInt8 = try reader.read()
        var suspicion = RobotSuspicion()
        suspicion.measure = RobotDecision.Measure(rawValue: code)
        guard suspicion.measure != nil || code == noMeasure else { return nil }
        suspicion.signatureWeight = try reader.read()
        suspicion.weight = try reader.read()
        suspicion.lower = try reader.read()
        suspicion.upper = try reader.read()
        suspicion.rulesetVersion = try reader.read()
        suspicion.rulesetDigest = try reader.read()
        suspicion.findingsBytes = try reader.read()
        suspicion.omittedFindings = try reader.read()
        suspicion.tool.place = try reader.read()
        suspicion.tool.ruleset = try reader.read()
        return suspicion
    }

    @_lifetime(reader: copy reader)
    private static func traits(
        _ reader: inout ByteReader, _ flags: UInt8
    ) throws(ByteReaderError) -> EntryTraits {
        let (address, session) = (try reader.read(UInt64.self), try reader.read(UInt64.self))
        let participant: UInt64 = try reader.read()
        var traits = EntryTraits(
            operation: try reader.read(), key: try reader.read(), address: address,
            participant: participant)
        traits.session = session
        traits.network = try reader.read()
        traits.head = try reader.read()
        traits.clientHello = try reader.read()
        traits.fields = try reader.read()
        traits.fieldsBytes = try reader.read()
        traits.formMilliseconds = try reader.read()
        traits.isReturning = flags & Flag.isReturning != 0
        traits.shape = ParticipantShape(
            stem: try reader.read(), pattern: try reader.read(), domain: try reader.read(),
            words: (first: try reader.read(), last: try reader.read()),
            number: try reader.read(), digits: try reader.read(), consonants: try reader.read(),
            isOpaque: flags & Flag.isOpaque != 0)
        return traits
    }
}

extension EventToken {
    /// An entry's number between two nodes, in the place of the connection that waits for it.
    init(number: UInt64) {
        self.init(
            place: UInt32(truncatingIfNeeded: number),
            generation: UInt32(truncatingIfNeeded: number >> 32))
    }

    var number: UInt64 { UInt64(generation) << 32 | UInt64(place) }
}
