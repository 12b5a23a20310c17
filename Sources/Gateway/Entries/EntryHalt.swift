/// Why a loop refuses new entries at once: nothing is decided now.
enum EntryHalt: Equatable, Sendable {
    /// The sequencer has not turned since this beat; see ``Heartbeats/sequencerBeat``.
    case silence(beat: Int64)
    /// The clock is not confirmed.
    case clock
}
