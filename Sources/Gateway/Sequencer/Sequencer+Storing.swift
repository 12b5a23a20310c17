internal import Bytes
internal import Contract
internal import Evidence
internal import Files
internal import Journal
internal import Ledger
internal import LockFree
internal import Logging
internal import Projections
internal import Time

/// The end of a batch: stored, published, answered, in this order and no other (law 1).
extension Sequencer {
    /// Says so when entries cannot be stored, and when they can again.
    func recordSpace(_ isThere: Bool) {
        let before = shared.health.space
        if isThere {
            guard before != .available else { return }
            shared.health.space = .available
            shared.logger.notice("entries are stored again")
            return
        }
        let failure = journal.spaceFailure
        shared.health.space = failure?.isNoSpace == false ? .failing : .full
        guard before == .available else { return }
        shared.logger.error(
            "no entries can be stored: they are refused, and nothing is lost",
            metadata: ["reason": "\(failure.map { "\($0)" } ?? "there was no room just now")"])
    }

    mutating func commit() throws(JournalError) {
        let records = journal.batchRecordCount
        lastBatchRecords = Int(records)
        guard records > 0 else { return }
        committedFirst = journal.batchFirstSequence
        let began = SystemClock.monotonicNanoseconds()
        shared.health.commitBegins(at: began)
        try journal.commit(at: latest)
        shared.health.commitEnds()
        shared.instruments.recordCommit(
            nanoseconds: SystemClock.monotonicNanoseconds() - began, records: Int(records))
        shared.instruments.journalBytes = journal.bytesOnDisk
    }

    /// Everything decided is durable, or refused: publishes it. In this order: the board, the
    /// entries' answers, then one batch for the projector.
    mutating func release() {
        for operation in touched { publishCounts(of: operation) }
        for operation in turnstiles.keys { publishTurnstile(of: operation) }
        for record in records {
            guard case .event(let event) = record.content,
                let operation = ledger.operationIndex(event.operation)
            else { continue }
            publishState(of: operation)
        }
        for completion in completions {
            guard case .decided(.success(let change), _) = completion.outcome,
                let operation = change.operation
            else { continue }
            publishState(of: operation)
            publishCounts(of: operation)
        }
        shared.instruments.entriesAccepted = accepted
        if !loopsHaveEnded { handBack() }
        publishBatch()
        touched.removeAll(keepingCapacity: true)
        answers.removeAll(keepingCapacity: true)
    }

    /// Hands the projector what is not an entry's.
    private mutating func publishBatch() {
        if records.isEmpty && completions.isEmpty { return }
        let batch = DurableBatch(
            firstSequence: committedFirst, time: latest, chain: journal.chain, records: records)
        shared.projection.publish(
            PublishedBatch(
                batch: batch, completions: completions,
                publishedAt: SystemClock.monotonicNanoseconds()))
        records = []
        completions = []
    }

    /// Publishes what was recovered, before any other thread reads it.
    func publishRecovered() {
        for operation in ledger.catalogue.standing {
            publishState(of: operation)
            publishCounts(of: operation)
        }
    }

    private func handBack() {
        for item in answers {
            let lane = shared.workerLanes[Int(item.lane)]
            let isTaken = lane.push(item.answer)
            precondition(isTaken, "no more is decided than a lane has room to answer")
        }
        for lane in shared.workerLanes where !lane.answers.isEmpty { lane.bell.ring() }
    }

    private func publishCounts(of operation: UInt32) {
        guard let counts = ledger.counts(of: operation) else { return }
        shared.board.publish(counts, of: operation)
    }

    private func publishState(of operation: UInt32) {
        shared.board.publish(ledger.catalogue.operations[Int(operation)], at: operation)
    }
}
