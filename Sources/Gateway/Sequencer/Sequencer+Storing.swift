internal import Bytes
internal import Cluster
internal import Contract
internal import Evidence
internal import Files
internal import Ledger
internal import LockFree
internal import Log
internal import Logging
internal import Projections
internal import Robots
internal import Synchronization
internal import Time

/// The end of a batch: stored, then published, in this order and no other (law 1).
extension Sequencer {
    /// Whether a batch can be stored now. While the disk stalls, readiness and pressure see it.
    mutating func ensureSpace() -> Bool {
        let began = spaceWait ?? nanoseconds
        shared.health.commitBegins(at: began)
        let isThere = log.ensureSpace()
        let isStalled = !isThere && log.spaceFailure == nil
        spaceWait = isStalled ? began : nil
        if !isStalled { shared.health.commitEnds() }
        recordSpace(isThere)
        return isThere
    }

    /// Logs when entries can no longer be stored, and when they can again.
    private func recordSpace(_ isThere: Bool) {
        let health = shared.health
        if isThere {
            guard health.space != .available else { return }
            health.space = .available
            shared.logger.notice("storing entries again")
            return
        }
        let failure = log.spaceFailure
        let before = health.space
        let isLogFull = shared.cluster.map { !$0.hasEngineRoom } ?? false
        health.space =
            isLogFull ? .logFull : failure.map { $0.isNoSpace ? .full : .failing } ?? .stalled
        guard before == .available else { return }
        let stall = "the disk does not finish the next segment"
        shared.logger.error(
            "cannot store entries; refusing them, nothing acknowledged is lost",
            metadata: ["reason": "\(failure.map { "\($0)" } ?? stall)"])
    }

    /// Makes the batch durable.
    /// - Returns: how many records it had.
    mutating func commit() throws(LogError) -> Int {
        let records = Int(log.batchRecordCount)
        guard records > 0 else { return 0 }
        let first = log.batchFirstSequence
        let bytes = log.batchBytes
        let began = shared.clock.monotonicNanoseconds()
        let beganBusy = shared.clock.threadNanoseconds()
        shared.health.commitBegins(at: began)
        try log.commit(at: latest)
        publishEnd()
        let ended = shared.clock.monotonicNanoseconds()
        // Before readiness says so: loops that saw a sync hang take entries again by this beat.
        shared.heartbeats.sequencerTurns(at: ended)
        shared.health.commitEnds()
        shared.instruments.recordCommit(
            nanoseconds: ended - began,
            busyNanoseconds: shared.clock.threadNanoseconds() - beganBusy, records: records)
        shared.journal.record(batchBytes: bytes, unused: log.unusedBytes)
        shared.tableBytes.store(tableBytes, ordering: .relaxed)
        pending.firstSequence = first
        pending.time = latest
        return records
    }

    /// Publishes how far the log is durable.
    func publishEnd() {
        let end = log.durableEnd
        shared.durableRecords.store(end.nextSequence - 1, ordering: .releasing)
        shared.durableEnd.withLock { $0 = end }
    }

    /// Publishes the batch, which is durable, or what was refused without one. In this order: the
    /// board, the entries' answers, then one batch for the projector.
    mutating func publish() {
        publishBoard()
        if !loopsHaveEnded { handBack() }
        let records = shared.durableRecords.load(ordering: .relaxed)
        pending.complete(shared.followedOutcomes, upTo: records)
        if pending.hasAdministration { publishBatch() }
        // Behind the batch: whoever sees the number finds the batch in the queue, or projected.
        shared.publishedRecords.store(records, ordering: .releasing)
        pending.removeAll()
    }

    private mutating func publishBoard() {
        for operation in pending.touched { publishCounts(of: operation) }
        for permit in pending.touchedPermits { publishCounts(ofPermit: permit) }
        turnstiles.publish(at: Int64(clamping: milliseconds))
        for record in pending.records { publishStates(after: record.content) }
        for (record, change) in pending.changes {
            nameSources(after: record, change)
            if case .permitPurged(let permit) = change {
                publishCounts(ofPermit: permit)
                publishCounts(of: ledger.catalogue.permits[Int(permit)].operation)
            }
            for operation in change.operations(in: ledger.catalogue) {
                publishState(of: operation)
                publishCounts(of: operation)
            }
        }
        shared.instruments.entriesAccepted = accepted
    }

    private func handBack() {
        let lanes = shared.entryLanes
        // Changed with the lane, not looked up for each answer: what is looked up is retained.
        var number: Int32 = 0
        var ring = lanes[0].answers
        for item in pending.answers {
            if item.lane != number {
                number = item.lane
                ring = lanes[Int(number)].answers
            }
            let isTaken = ring.push(item.answer)
            precondition(isTaken, "no more is decided than a lane has room to answer")
        }
        for lane in lanes where !lane.answers.isEmpty { lane.bell.ring() }
    }

    private func publishBatch() {
        let batch = DurableBatch(
            firstSequence: pending.firstSequence, time: pending.time, chain: log.chain,
            records: pending.records)
        shared.projection.publish(
            PublishedBatch(
                batch: batch, completions: pending.completions, isOwn: followed == nil,
                publishedAt: shared.clock.monotonicNanoseconds()))
    }

    // MARK: The board

    /// Publishes what was recovered, before any other thread reads it.
    mutating func publishRecovered() {
        for operation in ledger.catalogue.standing {
            nameSources(of: operation)
            publishState(of: operation)
            publishCounts(of: operation)
        }
        for permit in ledger.catalogue.permits.indices { publishCounts(ofPermit: UInt32(permit)) }
    }

    private func publishCounts(ofPermit permit: UInt32) {
        guard let counts = ledger.testCounts(of: permit) else { return }
        shared.runs.publish(counts, of: permit)
    }

    private func publishCounts(of operation: UInt32) {
        guard let counts = ledger.counts(of: operation) else { return }
        shared.board.publish(counts, of: operation)
    }

    /// Publishes the operations of which an event or a finding changes what is known.
    private func publishStates(after content: EvidenceRecord.Content) {
        switch content {
        case .event(.clientCrossed(let crossing)), .event(.clientWithin(let crossing)):
            guard let client = ledger.catalogue.clientIndex(crossing.client) else { return }
            for operation in ledger.catalogue.operations(ofClient: client) {
                publishState(of: operation)
            }
        case .event(let event):
            if let operation = event.operation { publishState(of: operation) }
        case .command(let record):
            switch record.command {
            case .fact(.unknownSource(let surge)): publishState(of: surge.operation)
            case .fact(.rise(let rise)): publishState(of: rise.operation)
            default: break
            }
        }
    }

    private func publishState(of id: String) {
        if let operation = ledger.operationIndex(id) { publishState(of: operation) }
    }

    private func publishState(of operation: UInt32) {
        shared.board.publish(ledger.catalogue.operations[Int(operation)], at: operation)
    }
}

/// What is known of an entry that another node sends, before it is decided.
extension Sequencer {
    /// For how long an entry may be sent again.
    var keptMilliseconds: Int64 {
        LastOfDay.keptMilliseconds(answerSeconds: shared.answerSeconds.load(ordering: .relaxed))
    }

    /// Whether it is answered without a decision: it is stored already, or is to come again.
    mutating func isSettled(
        _ envelope: EntryEnvelope, _ answer: inout AnswerEnvelope
    ) -> Bool {
        if !linked.lastOfDay.isEmpty,
            let first = linked.lastOfDay.find(
                envelope.command, keptMilliseconds: keptMilliseconds, at: latest)
        {
            answer.verdict = .repeated
            answer.entry = first.entry.rawValue
            answer.participant = first.participant
            return true
        }
        if linked.settings.differ(from: envelope) {
            answer.verdict = .settingsMoved
            return true
        }
        // One that is stored is answered as it was, however many were sent again at once.
        guard envelope.command.isTest, !isInPace(envelope.command),
            ledger.earlier(envelope.command, at: latest) == nil
        else { return false }
        answer.verdict = .refused
        answer.reasons.insert(.permitRate)
        return true
    }

    /// Whether a test entry comes as fast as its permit allows to all nodes together. A gateway
    /// that is alone has counted it at its worker.
    private mutating func isInPace(_ command: EntryCommand) -> Bool {
        guard shared.cluster != nil else { return true }
        let permits = ledger.catalogue.permits
        guard Int(command.permit) < permits.count else { return true }
        return linked.permits.countIfInPace(
            command.permit, perSecond: permits[Int(command.permit)].perSecond, at: nanoseconds)
    }

    mutating func noteLastOfDay(
        _ command: EntryCommand, _ entry: EntryNumber, _ participant: UInt32
    ) {
        guard shared.cluster != nil else { return }
        let kept = keptMilliseconds
        guard ledger.endsDay(of: command.operation, within: kept, of: latest) else { return }
        linked.lastOfDay.note(
            command, entry, participant, keptMilliseconds: kept, at: latest)
    }
}

extension Sequencer {
    /// What ``Limits/tableBytes`` bounds: the ledger's tables, and places before shuffled starts.
    var tableBytes: Int { ledger.memoryBytes + turnstiles.placesBytes }
}

/// Who comes with a ticket came before, and was counted then.
extension Sequencer {
    /// Takes a ticket that keeps no place off an entry, which is a newcomer's by that: for the
    /// rise, for robots and for the queue. Its worker knows whose it is, and not whether it was
    /// used or has expired.
    mutating func checkTicket(of envelope: inout EntryEnvelope) {
        let operation = envelope.command.operation
        if envelope.ticket == 0 || turnstiles.hasPlace(envelope) { return }
        if Int(operation) < ledger.catalogue.operations.count,
            let opens = ledger.shuffledOpening(of: operation), latest < opens,
            turnstiles.hasPlace(
                envelope, beforeStart: ledger.recordedQueue(of: operation),
                at: Int64(clamping: milliseconds))
        {
            return
        }
        envelope.ticket = 0
        envelope.traits.isReturning = false
    }
}

/// Undeclared campaigns show themselves by the tags of their entries, or by their number alone
/// (C1). Both are measured beside the fold, and made facts, by which the fold decides.
extension Sequencer {
    /// Counts the tag of an entry that was accepted; makes it a fact where nobody declared it and
    /// undeclared tags bring most of the operation's entries.
    mutating func recordSource(_ source: RawSpan, of operation: UInt32) {
        guard let counts = ledger.counts(of: operation) else { return }
        guard
            let candidate = sources.count(
                source, of: operation, accepted: counts.entries,
                minimum: ledger.minimumSourceEntries,
                at: milliseconds)
        else { return }
        let subject = ledger.catalogue.operations[Int(operation)]
        if subject.declarations.names(source: candidate.source) {
            sources.recordSpelling(candidate)
            return
        }
        let all = max(Int(clamping: counts.entries - candidate.acceptedBefore), 1)
        let surge = UnknownSource(
            operation: subject.id, source: candidate.source, entries: candidate.entries,
            permille: min(candidate.entries * 1_000 / all, 1_000),
            windowSeconds: SourceMeter.windowSeconds,
            undeclaredEntries: candidate.undeclaredEntries, operationEntries: all)
        guard surge.undeclaredPermille >= ledger.policy.sourcePermille else { return }
        sources.recordReport(of: candidate, at: milliseconds)
        // Decided like every command, with the next batch.
        shared.administration.enqueue(.own(.fact(.unknownSource(surge))))
    }

    /// Moves the policy's window on.
    mutating func turnRises() {
        if milliseconds >= rises.eighthEnd {
            rises.turn(at: milliseconds, seconds: ledger.policy.riseSeconds)
        }
    }

    /// Compares an operation's entries with what was announced; makes a rise beyond it a fact.
    mutating func lookAtRise(of operation: UInt32) {
        guard operation < ledger.catalogue.operations.count else { return }
        let (subject, policy) = (ledger.catalogue.operations[Int(operation)], ledger.policy)
        let state = subject.state(at: latest)
        let isOpen = state == .open || state == .smoothed
        let allowed =
            isOpen ? subject.declarations.announcedEntries(at: latest, policy) : nil
        guard let entries = rises.look(at: operation, allowed: allowed, now: milliseconds) else {
            return
        }
        let rise = TrafficRise(
            operation: subject.id, entries: entries, windowSeconds: policy.riseSeconds)
        shared.administration.enqueue(.own(.fact(.rise(rise))))
    }
}

/// Tags that were declared or found have counts of their own.
extension Sequencer {
    /// Learns of tags that a command brought, and of what it announced.
    mutating func nameSources(after record: AdministrativeRecord, _ change: Change) {
        switch change {
        case .declarationsChanged(let index):
            nameSources(of: index)
            rises.reset(index)
        case .operationReset(_, successor: let index): nameSources(of: index)
        case .policyChanged: rises.resetAll()
        case .recorded:
            guard case .fact(.unknownSource(let surge)) = record.command,
                let index = ledger.operationIndex(surge.operation)
            else { return }
            nameFound(of: index)
        default: return
        }
    }

    mutating func nameSources(of operation: UInt32) {
        let subject = ledger.catalogue.operations[Int(operation)]
        let declared = subject.declarations.campaigns.lazy.filter { $0.withdrawnAt == nil }
            .map(\.source)
        sources.name(Array(declared), isDeclared: true, of: operation)
        nameFound(of: operation)
    }

    private mutating func nameFound(of operation: UInt32) {
        let found = ledger.catalogue.operations[Int(operation)].unknownSources.map(\.source)
        if !found.isEmpty { sources.name(found, isDeclared: false, of: operation) }
    }
}

/// What operations used in a month, asked for by the control side.
extension Sequencer {
    /// Answers one question a turn, behind the batch: everything that the ledger has counted is
    /// stored, so the answer is that of one record. Linear in all operations.
    mutating func answerConsumption() {
        guard let question = shared.consumption.next() else { return }
        let end = log.durableEnd
        question.answer(
            ConsumptionQuestion.Answer(
                statement: ledger.consumption(in: question.month, by: question.client),
                calendar: ledger.catalogue.calendar,
                asOf: ReportPosition(
                    sequence: end.nextSequence - 1, chain: end.chain, until: latest)))
    }
}
