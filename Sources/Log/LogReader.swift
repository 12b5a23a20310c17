/// Reads a log for the tools that only look: `journal verify`, `journal print`, `replay`.
package enum LogReader {
    /// Goes through all batches in order, with the same checks as recovery, and changes nothing.
    ///
    /// A log that a gateway is writing can be read: what is being written at that moment may
    /// show as a torn tail. What looks damaged is looked at again, from the beginning: a batch that
    /// was written in between is whole by then, and what is damaged is so still.
    /// - Parameters:
    ///   - oldestSequence: the record that must still be there; nil: whatever the oldest is.
    ///   - body: gets each batch; what it throws ends the reading as
    ///     ``LogError/replayFailed(file:sequence:reason:)``.
    /// - Throws: ``LogError``. A torn tail or a short file is not thrown; the report has it.
    package static func read(
        directory: String, oldestSequence: UInt64? = nil,
        _ body: (borrowing LogBatch) throws -> Void
    ) throws(LogError) -> RecoveryReport {
        var next: UInt64 = 0
        var seen: LogDamage?
        while true {
            var scanner = LogScanner(directory: directory, oldestSequence: oldestSequence)
            do throws(LogError) {
                try scanner.scan { batch in
                    guard batch.header.firstSequence >= next else { return }
                    try body(batch)
                    next = batch.header.firstSequence + UInt64(batch.header.recordCount)
                }
                return scanner.report
            } catch {
                guard case .damaged(let damage) = error, damage != seen else { throw error }
                seen = damage
            }
        }
    }
}
