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
        // The tables' places are fetched for all of a batch before the first is needed.
        var ahead = batch.records
        while let record = ahead.next() { anticipate(kind: record.kind, bytes: record.bytes) }
        let time = batch.header.time
        beginBatch()
        var records = batch.records
        while let record = records.next() {
            do throws(ReplayError) {
                switch try record.decoded() {
                case .entry(let entry): try replay(entry, at: time)
                case .command(let command):
                    try replay(command, at: time)
                    observe(PlaybackRecord(record, .command(command), of: batch), self)
                case .event(let event):
                    try replay(event, at: time)
                    observe(PlaybackRecord(record, .event(event), of: batch), self)
                }
            } catch {
                throw PlaybackError(sequence: record.sequence, reason: error)
            }
        }
    }
}
