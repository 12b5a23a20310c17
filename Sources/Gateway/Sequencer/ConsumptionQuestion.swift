internal import Availability
internal import Cryptography
internal import Time

/// What the control side asks the sequencer: what operations used in a month, as of one moment, the
/// one behind the batch that was stored last.
struct ConsumptionQuestion: Sendable {
    let month: CivilMonth
    /// Nil for all clients.
    let client: String?
    /// Called once, on the sequencer's thread.
    let answer: @Sendable (Answer) -> Void

    struct Answer: Sendable {
        let statement: ConsumptionStatement
        /// The operator's, by which the month is counted.
        let calendar: OperatorCalendar
        /// The last record, the log's chain value behind it, and the ledger's time.
        let asOf: ReportPosition
    }
}

/// What a report rests on: a place in the log, and a time.
struct ReportPosition: Sendable {
    /// The number of the last record.
    let sequence: UInt64
    /// The log's chain value behind that record's batch.
    let chain: SHA256Digest
    /// What was not over by then is not in it.
    let until: Timestamp
}
