internal import Bytes
internal import Ledger
internal import Sockets

/// An entry on its way from a worker to the sequencer: who waits, what is asked, what was sealed.
///
/// In the ring it is this structure's bytes, then the source's, then the sealed ones.
struct EntryEnvelope: BitwiseCopyable {
    /// Which connection of the worker waits for the answer.
    var connection: EventToken
    /// When the worker handed it over, in nanoseconds of the monotonic clock.
    var handedOver: UInt64
    var command: EntryCommand
    /// Bytes of the source behind this structure; the sealed ones are the rest of the record.
    var sourceBytes: UInt16
}

/// The sequencer's answer to a worker: what became of an entry.
struct AnswerEnvelope: BitwiseCopyable {
    var connection: EventToken
    var operation: UInt32
    /// The entry's number, or the first one's where it is repeated; 0 where there is none.
    var entry: UInt64
    /// The participant's number in the operation; 0 where there is none.
    var participant: UInt32
    var verdict: EntryVerdict
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
