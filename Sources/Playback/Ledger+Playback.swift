internal import Bytes
package import Ledger
package import Log

extension Ledger {
    /// Decides everything in a batch of the log again, and compares it with what is on record.
    /// After the last batch comes ``Ledger/endReplay()``.
    ///
    /// - Parameter observe: gets each record that is not an entry's, with the ledger behind it.
    /// - Throws: ``PlaybackError`` where something comes out otherwise; the ledger is not to be
    ///   used any more.
    package mutating func play(
        _ batch: borrowing LogBatch,
        observe: (borrowing PlaybackRecord, borrowing Ledger) -> Void = { _, _ in }
    ) throws(PlaybackError) {
        try playEach(batch) { _, _, _ in
        } other: { record, _, ledger in
            observe(record, ledger)
        }
    }

    /// The same for a node that follows: whoever publishes what came of each record learns it.
    /// After each batch comes ``Ledger/endReplay()``: an event has its record in the batch of
    /// what brought it about.
    ///
    /// - Parameters:
    ///   - entry: gets each entry with the bytes of its record.
    ///   - other: gets each other record, and what a command came to.
    package mutating func follow(
        _ batch: borrowing LogBatch,
        entry: (borrowing EntryRecord, RawSpan, borrowing Ledger) -> Void,
        other: (borrowing PlaybackRecord, ReplayedCommand?, borrowing Ledger) -> Void
    ) throws(PlaybackError) {
        try playEach(batch, entry: entry, other: other)
    }

    private mutating func playEach(
        _ batch: borrowing LogBatch,
        entry onEntry: (borrowing EntryRecord, RawSpan, borrowing Ledger) -> Void,
        other onOther: (borrowing PlaybackRecord, ReplayedCommand?, borrowing Ledger) -> Void
    ) throws(PlaybackError) {
        // The tables' places are fetched for all of a batch before the first is needed.
        var ahead = batch.records
        while let record = ahead.next() { anticipate(kind: record.kind, bytes: record.bytes) }
        let time = batch.header.time
        beginBatch()
        var records = batch.records
        while let record = records.next() {
            do throws(ReplayError) {
                switch try record.decoded() {
                case .entry(let entry):
                    try replay(entry, at: time)
                    onEntry(entry, record.bytes, self)
                case .command(let command):
                    let counts = self.counts(for: command.command)
                    let change = try replay(command, at: time)
                    onOther(
                        PlaybackRecord(record, .command(command), of: batch),
                        ReplayedCommand(change: change, counts: counts), self)
                case .event(let event):
                    try replay(event, at: time)
                    onOther(PlaybackRecord(record, .event(event), of: batch), nil, self)
                }
            } catch {
                throw PlaybackError(sequence: record.sequence, reason: error)
            }
        }
    }
}
