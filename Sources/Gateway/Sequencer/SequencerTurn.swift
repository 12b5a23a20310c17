/// What one turn of the sequencer did.
struct SequencerTurn: Equatable, Sendable {
    /// Records stored: entries, commands and events.
    var records = 0
    /// Entries answered, the refused and the waiting ones too.
    var answers = 0
    /// Commands decided, or refused because the disk is full.
    var completions = 0
}
