internal import Ledger
internal import Projections
internal import Time

/// What the batch in hand leaves to publish: nothing of it goes anywhere before the batch is
/// durable. Owned by the sequencer's thread.
struct PendingBatch {
    /// Answers of entries; they leave after the sync, the repeated ones too, because their first
    /// may be in the same batch.
    var answers: ContiguousArray<LaneAnswer> = []
    /// The number of the batch's first record, once it is durable.
    var firstSequence: UInt64 = 0
    /// When it was decided; of a batch with records.
    var time = Timestamp(milliseconds: 0)
    /// Operations whose counts the batch changed.
    var touched: ContiguousArray<UInt32> = []
    /// Permits with runs whose counts the batch changed.
    var touchedPermits: ContiguousArray<UInt32> = []
    /// Commands that changed something, and events.
    var records: [DurableBatch.Record] = []
    /// What its commands changed.
    var changes: [(record: AdministrativeRecord, change: Change)] = []
    /// Requests that were decided, with their outcomes.
    var completions: [PublishedBatch.Completion] = []

    struct LaneAnswer {
        var lane: Int32
        var answer: AnswerEnvelope
    }

    /// - Parameter entries: room to begin with.
    init(entries: Int) {
        answers.reserveCapacity(entries)
        touched.reserveCapacity(entries)
    }

    /// Whether there is something for the projector.
    var hasAdministration: Bool { !records.isEmpty || !completions.isEmpty }

    /// Whether somebody waits for an answer.
    var isAwaited: Bool { !answers.isEmpty || !completions.isEmpty }

    /// Begins the next batch; the room for entries is kept.
    mutating func removeAll() {
        answers.removeAll(keepingCapacity: true)
        touched.removeAll(keepingCapacity: true)
        touchedPermits.removeAll(keepingCapacity: true)
        if hasAdministration {
            records = []
            changes = []
            completions = []
        }
    }
}
