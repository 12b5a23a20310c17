internal import Time

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
    /// Seconds for which a challenge is good.
    let challengeSeconds: Int

    init(_ limits: Limits) {
        participantBytes = limits.participantBytes
        fieldsBytes = limits.fieldsBytes
        idempotencyKeyBytes = limits.idempotencyKeyBytes
        bodyBytes = limits.entryBodyBytes
        challengeSeconds = limits.challengeSeconds
    }

    /// When a challenge expires that is given out now, in seconds since 1970.
    func expiry(ofChallengeAt now: Timestamp) -> UInt32 {
        UInt32(clamping: now.milliseconds / 1_000 + Int64(challengeSeconds))
    }
}
