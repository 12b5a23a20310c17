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

    /// What came of a request of the control side or the gateway itself.
    struct Completion: Sendable {
        /// What was changed; nil for nothing, or a refusal.
        let change: Change?
        /// Of the operation that the change makes; nil where it makes none, or another node has
        /// decided it.
        let newKeys: OperationKeys?
        /// Tells who asked for it.
        let finish: @Sendable () -> Void

        init(_ request: AdministrativeRequest, _ outcome: AdministrativeOutcome) {
            var made: Change?
            if case .decided(.success(let change), _) = outcome { made = change }
            change = made
            newKeys = request.newKeys
            finish = { request.finish(outcome) }
        }

        /// Of a change that another node has decided.
        init(_ told: FollowedOutcome) {
            change = told.change
            newKeys = nil
            finish = told.finish
        }

        /// The operation that the change makes.
        var madeOperation: UInt32? {
            guard let change, change.makesOperation else { return nil }
            return change.operation
        }
    }

    /// What the backlog is counted in.
    var size: Int { batch.records.count + completions.count }
}
