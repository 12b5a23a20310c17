/// The limits of an entry's members: a few words in place of all ``Limits``, which would be copied
/// for each entry.
struct EntryLimits: BitwiseCopyable {
    /// Bytes of a participant's identifier.
    let participantBytes: Int
    /// Bytes of a second key.
    let secondKeyBytes = 256
    /// Bytes of an entry's `fields`, as JSON text.
    let fieldsBytes: Int
    /// Bytes of an `Idempotency-Key`.
    let idempotencyKeyBytes: Int
    /// Bytes of an entry's body.
    let bodyBytes: Int

    init(_ limits: Limits) {
        participantBytes = limits.participantBytes
        fieldsBytes = limits.fieldsBytes
        idempotencyKeyBytes = limits.idempotencyKeyBytes
        bodyBytes = limits.entryBodyBytes
    }
}
