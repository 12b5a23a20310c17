internal import Bytes
internal import Ledger
internal import Robots
internal import Sockets

/// An entry on its way from a worker to the sequencer: who waits, what is asked, what was sealed.
///
/// In the ring it is this structure's bytes, then what rules found of the head (``RobotFindings``),
/// the extensions' (``EntryExtensions``), the source's, and the sealed ones.
struct EntryEnvelope: BitwiseCopyable {
    /// Which connection of the worker waits for the answer.
    var connection: EventToken
    /// When the worker handed it over, in nanoseconds of the monotonic clock.
    var handedOver: UInt64
    var command: EntryCommand
    /// How far the lane's other ring must have been read before the entry is decided; 0 where it
    /// does not matter (``RingChoice``).
    var behind: UInt64 = 0
    /// The number of the entry's ticket, proved to be the participant's and of this epoch; 0 for
    /// none.
    var ticket: UInt64 = 0
    var ticketEpoch: UInt64 = 0
    /// A bit for each of the operation's required consents that the entry does not give.
    var missingConsents: UInt16 = 0
    /// Whether it counts once however often it is sent: by its operation's rule, or by its
    /// idempotency key.
    var mayRepeat = false
    /// ``SettingsMark`` of the settings that its worker judged it by; 0 for a gateway that is
    /// alone, whose worker knows a change before it is answered.
    var settingsMark: UInt64 = 0
    /// What its head says of whether a robot sent it.
    var suspicion = RobotSuspicion()
    /// What its rhythm and likeness are told by, and where it came from; neither is looked at where
    /// nobody asks about robots.
    var traits = EntryTraits(operation: 0, key: 0, address: 0, participant: 0)
    var origin = RobotOrigin()
    /// Bytes of the extensions behind the findings.
    var extensionBytes: UInt16 = 0
    /// Bytes of the source behind them; the sealed ones are the rest of the record.
    var sourceBytes: UInt16

    /// Where the extensions begin in the ring's record.
    var extensionsStart: Int { MemoryLayout<EntryEnvelope>.size + Int(suspicion.findingsBytes) }
}

/// The sequencer's answer to a worker: what became of an entry.
struct AnswerEnvelope: BitwiseCopyable {
    var connection: EventToken
    /// The entry's number, or the first one's where it is repeated; the ticket's where it waits; 0
    /// where there is none.
    var entry: UInt64 = 0
    /// The turnstile that a ticket is of, or the draw before a shuffled start.
    var epoch: UInt64 = 0
    /// Whom a ticket is for.
    var person = Fingerprint.none
    var operation: UInt32
    /// The participant's number in the operation, or how many numbers are called before that of one
    /// that waits; 0 where there is none.
    var participant: UInt32 = 0
    /// Of one that waits: when it is let through at the latest, milliseconds since 1970.
    var turnAt: Int64 = 0
    /// Of one that waits: when to come back, in milliseconds from now.
    var retryAfterMilliseconds: UInt32 = 0
    var verdict: EntryVerdict
    /// Whether the entry came with a permit.
    var isTest = false
    /// Of one that is refused: why.
    var reasons = RefusalReasons()
    /// Of one that is challenged: how much work, see ``ChallengeDifficulty/Level``; and the key
    /// that it came with.
    var challengeLevel: UInt8 = 0
    var key: UInt32 = 0
    /// Of one that is challenged, or refused as a robot: the tool that it names.
    var tool = NamedTool()
}

extension RawSpan {
    /// The structure at the front of a ring's record.
    func envelope<Envelope: BitwiseCopyable>(as type: Envelope.Type) -> Envelope {
        unsafe unsafeLoadUnaligned(fromByteOffset: 0, as: type)
    }
}

extension ByteBuffer {
    /// Appends an envelope as it is in memory, for a ring within this process.
    mutating func append(_ envelope: EntryEnvelope) {
        unsafe append(maximum: MemoryLayout<EntryEnvelope>.size) { room in
            unsafe room.storeBytes(of: envelope, as: EntryEnvelope.self)
            return MemoryLayout<EntryEnvelope>.size
        }
    }
}
