/// What a restart must know of a turnstile, so that tickets outlive it and keep their order (C4).
///
/// The counters are recorded ahead: as long as neither bound is reached, the turnstile goes on
/// without a further record, and after the end of the process, however it ended, no number is
/// issued twice and no place moves back.
package struct QueueCounters: Equatable, Codable, Sendable, BitwiseCopyable {
    /// Tells this turnstile's numbers from another's; below 2^53, so that every reader of JSON has
    /// it exactly.
    package var epoch: UInt64
    /// No higher number has been issued.
    package var issued: UInt64
    /// The last number that was called.
    package var called: UInt64
    /// No higher number has been called.
    package var maximumCalled: UInt64
    /// Tokens that were held for called numbers.
    package var held: UInt64

    package init(
        epoch: UInt64, issued: UInt64, called: UInt64, maximumCalled: UInt64, held: UInt64
    ) {
        self.epoch = epoch
        self.issued = issued
        self.called = called
        self.maximumCalled = maximumCalled
        self.held = held
    }

    private enum CodingKeys: String, CodingKey {
        case epoch, issued, called, held
        case maximumCalled = "called_at_most"
    }

    /// Every counter is below this.
    package static var bound: UInt64 { 1 << 53 }

    /// Whether a turnstile can have had these.
    package var isPlausible: Bool {
        epoch < Self.bound && issued < Self.bound && called <= issued
            && issued - called <= 4 * Turnstile.maximumWaiting && maximumCalled >= called
            && maximumCalled < Self.bound && held <= called
    }
}

extension Turnstile {
    /// The counters to be recorded before an answer leaves; `nil` while those on record will do.
    ///
    /// Ahead of what is called by a second of the pace; ahead of what is issued by the same, by an
    /// eighth of those that wait, and by 16 at least. So a queue that moves has about a record a
    /// second, and a crowd of a thousand some thirty in all.
    /// - Parameter recorded: those of the last record; `nil` for none.
    package func counters(after recorded: QueueCounters?) -> QueueCounters? {
        if issued <= recorded?.issued ?? 0, called <= recorded?.maximumCalled ?? 0 { return nil }
        let second = min(UInt64(perSecond), Turnstile.maximumWaiting)
        return QueueCounters(
            epoch: epoch, issued: issued + max(second, waiting / 8, 16), called: called,
            maximumCalled: called + second, held: UInt64(heldTokens))
    }
}
