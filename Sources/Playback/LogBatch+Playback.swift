internal import Ledger
package import Log

extension LogBatch {
    /// Walks through the batch's records in order and decodes each of these kinds, once.
    package func play<Failure: Error>(
        _ kinds: RecordKinds = .all,
        _ body: (borrowing PlaybackRecord) throws(Failure) -> Void
    ) throws(Failure) {
        var records = records
        while let record = records.next() {
            guard kinds.contains(kind: record.kind) else { continue }
            let content: PlaybackRecord.Content
            do throws(ReplayError) {
                switch try record.decoded() {
                case .entry(let entry): content = .entry(entry)
                case .command(let command): content = .command(command)
                case .event(let event): content = .event(event)
                }
            } catch {
                content = .unreadable(error)
            }
            try body(PlaybackRecord(record, content, of: self))
        }
    }
}

extension LogRecord {
    /// What it says.
    /// - Throws: ``ReplayError`` where the bytes are no record that this version knows.
    func decoded() throws(ReplayError) -> LedgerRecord {
        try LedgerRecord(kind: kind, bytes: bytes, number: sequence &- 1)
    }
}
