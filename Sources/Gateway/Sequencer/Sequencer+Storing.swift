internal import Bytes
internal import Contract
internal import Evidence
internal import Files
internal import Ledger
internal import LockFree
internal import Log
internal import Logging
internal import Synchronization
internal import Time

/// The end of a batch: stored, published, answered, in this order and no other (law 1).
extension Sequencer {
    /// Says so when entries cannot be stored, and when they can again.
    func recordSpace(_ isThere: Bool) {
        let before = shared.instruments.space
        if isThere {
            guard before != .available else { return }
            shared.instruments.space = .available
            shared.logger.notice("storing entries again")
            return
        }
        let failure = log.spaceFailure
        shared.instruments.space = failure?.isNoSpace == false ? .failing : .full
        guard before == .available else { return }
        shared.logger.error(
            "cannot store entries; refusing them, nothing acknowledged is lost",
            metadata: ["reason": "\(failure.map { "\($0)" } ?? "no disk space")"])
    }

    mutating func commit() throws(LogError) {
        let records = log.batchRecordCount
        lastBatchRecords = Int(records)
        guard records > 0 else { return }
        let first = log.batchFirstSequence
        let began = SystemClock.monotonicNanoseconds()
        shared.instruments.commitBegan = began
        try log.commit(at: latest)
        shared.instruments.commitBegan = 0
        shared.instruments.recordCommit(
            nanoseconds: SystemClock.monotonicNanoseconds() - began, records: Int(records))
        shared.instruments.journalBytes = log.bytesOnDisk
        if !pendingEvidence.isEmpty { publishEvidence(first) }
    }

    /// Durable records, for whoever asks later: all of a batch at once, so that nobody meets a
    /// command without what followed from it.
    private mutating func publishEvidence(_ first: UInt64) {
        shared.catalogue.withLock { catalogue in
            for record in pendingEvidence {
                project(record, &catalogue)
                shared.evidence.add(
                    EvidenceRecord(
                        sequence: record.sequence, at: latest, batch: first, chain: log.chain,
                        content: record.content))
            }
        }
        for case .event(let event) in pendingEvidence.map(\.content) {
            if let index = ledger.catalogue.operationIndex(event.operation) {
                shared.board.publish(ledger.catalogue.operations[Int(index)], at: index)
            }
        }
        pendingEvidence.removeAll(keepingCapacity: true)
    }

    /// Brings the readers' catalogue up to date with a record.
    private func project(_ pendingEvidence: PendingEvidence, _ catalogue: inout Catalogue) {
        switch pendingEvidence.content {
        case .event(let event): catalogue.apply(event, at: latest)
        case .command(let record):
            do {
                _ = try catalogue.apply(
                    record.command, by: record.author, at: latest, counts: pendingEvidence.counts)
            } catch {
                preconditionFailure("the readers' catalogue refuses what the ledger took: \(error)")
            }
        }
    }

    /// Everything decided is durable: publishes the counts, then lets the answers go.
    mutating func release() {
        for operation in touched { publish(operation) }
        for operation in turnstiles.keys { publishTurnstile(of: operation) }
        shared.instruments.entriesAccepted = accepted
        for item in decided { complete(item) }
        if !loopsHaveEnded { handBack() }
        touched.removeAll(keepingCapacity: true)
        decided.removeAll(keepingCapacity: true)
        answers.removeAll(keepingCapacity: true)
    }

    private func handBack() {
        for item in answers {
            let lane = shared.workerLanes[Int(item.lane)]
            let isTaken = lane.push(item.answer)
            precondition(isTaken, "no more is decided than a lane has room to answer")
        }
        for lane in shared.workerLanes where !lane.answers.isEmpty { lane.bell.ring() }
    }

    private func publish(_ operation: UInt32) {
        guard let counts = ledger.counts(of: operation) else { return }
        shared.board.publish(counts, of: operation)
    }

    private mutating func complete(_ item: DecidedRequest) {
        if case .success(let change) = item.outcome, let operation = change.operation {
            shared.board.publish(ledger.catalogue.operations[Int(operation)], at: operation)
            publish(operation)
        }
        item.request.finish(.decided(item.outcome, at: latest))
    }
}
