internal import Bytes
internal import Ledger
internal import Projections
internal import Time

/// What the sequencer hands to the projector behind a commit: the records, and the requests that
/// wait for an outcome.
struct PublishedBatch: Sendable {
    let batch: DurableBatch
    let completions: [Completion]
    /// Whether this process decided it. What another node decided has its lines in that one's log.
    let isOwn: Bool
    /// When it was published, in nanoseconds of the monotonic clock.
    let publishedAt: UInt64

    /// A request of the control side or the gateway itself, with its outcome.
    struct Completion: Sendable {
        let request: AdministrativeRequest
        let outcome: AdministrativeOutcome
    }

    /// What the backlog is counted in.
    var size: Int { batch.records.count + completions.count }
}
