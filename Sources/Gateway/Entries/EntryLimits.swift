internal import Robots
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
    /// Seconds that replace the work of one of the usual level; 0: nothing does.
    let challengeWaitSeconds: Int

    init(_ limits: Limits) {
        participantBytes = limits.participantBytes
        fieldsBytes = limits.fieldsBytes
        idempotencyKeyBytes = limits.idempotencyKeyBytes
        bodyBytes = limits.entryBodyBytes
        challengeSeconds = limits.challengeSeconds
        challengeWaitSeconds = limits.challengeWaitSeconds
    }

    /// When a challenge expires that is given out now, in seconds since 1970.
    func expiry(ofChallengeAt now: Timestamp) -> UInt32 {
        UInt32(clamping: now.milliseconds / 1_000 + Int64(challengeSeconds))
    }

    /// From when on a challenge that is given out now needs no solution; 0 for never.
    func readiness(
        ofChallengeAt now: Timestamp, _ level: ChallengeDifficulty.Level
    ) -> UInt32 {
        guard challengeWaitSeconds > 0, let factor = level.waitFactor else { return 0 }
        let wait = Int64(challengeWaitSeconds * factor)
        let ready = UInt32(clamping: now.milliseconds / 1_000 + wait)
        // Where it would have expired by then, there is no use in waiting.
        return ready < expiry(ofChallengeAt: now) ? ready : 0
    }
}
