internal import Availability
internal import Cryptography
internal import Synchronization
internal import Time

/// Where the control side asks the sequencer what operations used in a month: of one moment, the
/// one behind the batch that was stored last. Such questions are rare, so a lock will do.
final class ConsumptionLane: Sendable {
    struct Question: Sendable {
        let month: CivilMonth
        /// Nil for all clients.
        let client: String?
        /// Called once, on the sequencer's thread.
        let answer: @Sendable (Answer) -> Void
    }

    struct Answer: Sendable {
        let statement: ConsumptionStatement
        /// The operator's, by which the month is counted.
        let calendar: OperatorCalendar
        /// The last record, the log's chain value behind it, and the ledger's time.
        let asOf: ReportPosition
    }

    private let waiting = Mutex<[Question]>([])
    /// How many wait, to look before locking.
    private let count = Atomic<Int>(0)

    var hasWork: Bool { count.load(ordering: .acquiring) > 0 }

    /// Leaves a question; the caller rings the sequencer's bell.
    func enqueue(_ question: Question) {
        waiting.withLock { $0.append(question) }
        count.add(1, ordering: .releasing)
    }

    /// Takes the oldest question. The sequencer's call.
    func next() -> Question? {
        guard hasWork else { return nil }
        return waiting.withLock { waiting in
            guard !waiting.isEmpty else { return nil }
            count.subtract(1, ordering: .relaxed)
            return waiting.removeFirst()
        }
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
