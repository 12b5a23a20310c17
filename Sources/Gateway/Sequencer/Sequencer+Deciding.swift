internal import Bytes
internal import Contract
internal import Evidence
internal import Ledger
internal import LockFree
internal import Log
internal import Logging
internal import Projections
internal import Synchronization
internal import Time

/// From what waits to a batch: due events, the gateway's own start, administrative
/// commands, entries, in this order. What a command or an entry touches is settled before it.
extension Sequencer {
    /// Records that a process of this version begins, with the policy and the calendar where they
    /// are others than those in force. Nothing else is decided before, but for what has come due by
    /// then.
    ///
    /// On a full disk the record waits for room, and at a clock that cannot be right for a right
    /// one; everything else is refused until then.
    /// - Parameter calendar: the operator's; nil leaves the one in force.
    /// - Throws: ``LogError``, as ``run()``.
    mutating func begin(
        version: String, policy: Policy, calendar: OperatorCalendar? = nil
    ) throws(LogError) {
        let isInForce = policy == ledger.policy
        let isCalendarInForce = calendar == ledger.catalogue.calendar
        opening = .own(
            .fact(
                .started(
                    version: version, policy: isInForce ? nil : policy,
                    calendar: isCalendarInForce ? nil : calendar)))
        try turn()
        guard opening != nil else { return }
        let lack = isClockUnsure ? "the clock is not confirmed" : "no disk space"
        shared.logger.warning("cannot record the start yet: \(lack)")
    }

    /// Handles what is due, as much of it as one batch may begin with; the next turn goes on.
    mutating func decideDue() {
        ledger.beginBatch()
        updateDue()
        while mustExpire, log.batchRoom >= LedgerLimits.dueEventRecordBytes {
            ledger.expire(at: latest)
            appendEvents()
        }
    }

    /// Handles what is due of one operation, before it is touched.
    private mutating func settle(_ operation: UInt32) {
        while ledger.isDue(operation, at: latest) {
            ledger.expire(operation, at: latest)
            appendEvents()
        }
    }

    mutating func decideOpening() {
        guard !mustExpire, let request = opening else { return }
        complete(request, .decided(decide(request), at: latest))
        opening = nil
    }

    // MARK: Administration

    mutating func decideAdministration() {
        // Alone in a batch any command fits, with all that follows from it: both are bounded, and
        // the batch's room is more. A report brings steps, and of each operation that it names what
        // is due and what its client has crossed, neither of which tells of a measurement.
        let reserve =
            LedgerLimits.stepsAtOnce * LedgerLimits.eventRecordBytes
            + LedgerLimits.reportedOperations
            * (Self.settlingBytes + LedgerLimits.dueEventRecordBytes)
        while !mustExpire, shared.projection.hasRoom,
            let request = shared.administration.next(
                ofAtMost: log.batchRecordCount == 0 ? .max : log.batchRoom - reserve)
        {
            complete(request, .decided(decide(request), at: latest))
        }
    }

    private mutating func complete(
        _ request: AdministrativeRequest, _ outcome: AdministrativeOutcome
    ) {
        pending.completions.append(PublishedBatch.Completion(request, outcome))
    }

    /// Decides one command; appends it where it changes something, and the events behind it.
    private mutating func decide(
        _ request: AdministrativeRequest
    ) -> Result<Change, CommandRefusal> {
        let record = request.record
        while isDue, let operation = ledger.dueOperation(touchedBy: record.command, at: latest) {
            settle(operation)
        }
        let counts = ledger.counts(for: record.command)
        let change: Change
        do {
            try requireExpected(request, counts)
            try ClientRights.requireOpening(record, in: ledger.catalogue)
            change = try ledger.apply(record.command, by: record.author, at: latest)
        } catch {
            return .failure(error)
        }
        guard change != .none else { return .success(change) }
        let sequence = log.append(kind: AdministrativeRecord.kind) { buffer in
            request.encoded.withBytes { buffer.append($0) }
        }
        pending.records.append(
            DurableBatch.Record(sequence: sequence, content: .command(record), counts: counts))
        pending.changes.append((record, change))
        appendEvents()
        if let operation = change.operation { updateTurnstile(of: operation) }
        if let predecessor = change.predecessor { updateTurnstile(of: predecessor) }
        updateDue()
        return .success(change)
    }

    /// The name must still be that of the operation that was meant, what was exported must still be
    /// all there is (C18), and what a change was made from must still be so.
    private func requireExpected(
        _ request: AdministrativeRequest, _ counts: OperationCounts?
    ) throws(CommandRefusal) {
        guard let expected = request.expected, let id = request.record.command.operation
        else { return }
        guard ledger.operationIndex(id) == expected.index else { throw .operationReplaced(id) }
        if let entries = expected.entries, let counts, counts.stored != entries {
            throw .exportOvertaken(id)
        }
        if let settings = expected.settings,
            ledger.catalogue.operations[Int(expected.index)].settings != settings
        {
            throw .settingsOvertaken(id)
        }
    }

    /// Appends what the fold has found out, behind the record that brought it about.
    private mutating func appendEvents() {
        for event in ledger.drainEvents() {
            let bytes: [UInt8]
            do {
                bytes = try EventRecord(event).json()
            } catch {
                preconditionFailure("names and whole numbers are JSON: \(error)")
            }
            let sequence = log.append(kind: EventRecord.kind) { buffer in
                bytes.withBytes { buffer.append($0) }
            }
            pending.records.append(
                DurableBatch.Record(sequence: sequence, content: .event(event)))
            if let operation = event.operation.flatMap({ ledger.operationIndex($0) }) {
                updateTurnstile(of: operation)
            }
        }
        updateDue()
    }

    // MARK: Queues

    /// Brings the operation's turnstile in line with its pace.
    mutating func updateTurnstile(of operation: UInt32) {
        let recorded = ledger.recordedQueue(of: operation)
        turnstiles.update(
            operation, perSecond: ledger.perSecond(of: operation),
            spreadingBursts: ledger.isHeldToPace(operation),
            isSuspended: ledger.isSuspended(operation), recorded: recorded,
            elapsed: recorded.at.map { latest.milliseconds - $0.milliseconds } ?? 0,
            at: Int64(clamping: milliseconds))
        if shared.cluster != nil {
            linked.settings.note(
                ledger.catalogue.operations[Int(operation)].settings, of: operation)
        }
    }

    /// Whether a smoothed operation's turnstile lets the entry be decided now. An answer that is
    /// known, and a refusal, wait for nothing.
    private mutating func isAdmitted(
        _ envelope: EntryEnvelope, _ answer: inout AnswerEnvelope
    ) -> Bool {
        let command = envelope.command
        guard turnstiles.contains(command.operation),
            ledger.refusal(of: command, at: latest) == nil,
            ledger.earlier(command, at: latest) == nil
        else { return true }
        let now = Int64(clamping: milliseconds)
        if turnstiles.awaitsStart(of: command.operation, at: now),
            let draw = turnstiles.start(command.operation, at: now)
        {
            record(draw, of: command.operation)
        }
        return turnstiles.admits(envelope, &answer, at: now, time: latest)
    }

    /// Gives a place to an entry that comes before a shuffled start; refuses others as they are.
    private mutating func register(_ envelope: EntryEnvelope, _ answer: inout AnswerEnvelope) {
        let operation = envelope.command.operation
        guard let opens = ledger.shuffledOpening(of: operation), latest < opens else { return }
        turnstiles.register(
            envelope, &answer, opening: opens.milliseconds - latest.milliseconds,
            ledger.recordedQueue(of: operation), isFull: isTableFull,
            at: Int64(clamping: milliseconds))
    }

    /// Appends what must be durable before the answers of this turn leave: so a number that a
    /// participant has been told is never given again, however the process ends.
    mutating func recordQueues() {
        for (operation, counters) in turnstiles.drainCounters() where isCurrent(operation) {
            append(
                .queue(QueueRecord(operation: ledger.operationID(operation), counters: counters)))
        }
        for (operation, draw) in turnstiles.drainDraws() where isCurrent(operation) {
            record(draw, of: operation)
        }
    }

    /// Whether the operation at this index still has its name: it was not reset or deleted in this
    /// turn.
    private func isCurrent(_ operation: UInt32) -> Bool {
        ledger.operationIndex(ledger.operationID(operation)) == operation
    }

    private mutating func record(_ draw: StartDraw.Record, of operation: UInt32) {
        append(.draw(DrawRecord(operation: ledger.operationID(operation), draw: draw)))
    }

    /// - Precondition: the ledger accepts the fact.
    private mutating func append(_ fact: Fact) {
        if case .failure(let refusal) = decide(.own(.fact(fact))) {
            preconditionFailure("counters of a queue that is: \(refusal)")
        }
    }

    // MARK: Entries

    mutating func decideEntries() {
        turnRises()
        order.beginTurn(isAnswered: !loopsHaveEnded)
        while hasRoom, let part = order.next() { decideEntries(of: part) }
    }

    /// The memory that their decisions need is asked for together, and comes while the first are
    /// decided.
    private mutating func decideEntries(of part: EntryOrder.Part) {
        let ready = part.peek { anticipate($0) }
        readTableSize()
        let records = log.batchRecordCount
        let decided = part.ring.drain(limit: ready.count) { record in
            decide(record, lane: Int32(part.lane))
            return hasRoom && !(part.isPlace && log.batchRecordCount > records)
        }
        order.end(
            part, count: decided, hasStored: log.batchRecordCount > records,
            isBlocked: ready.isBlocked && decided == ready.count)
    }

    /// Looks whether the tables may grow. Asked before a command is folded, not by the fold: what
    /// is refused for memory never got in, and a replay on another machine comes to the same.
    private mutating func readTableSize() {
        let limit = shared.tableLimit.load(ordering: .relaxed)
        isTableFull = tableBytes >= limit
        if isTableFull { ledger.releaseMemory(at: latest) }
    }

    /// Whether any entry fits into the batch, with events before and behind it, and may be decided
    /// now. What is refused takes no room, and is not made to wait for a further sync.
    var hasRoom: Bool {
        !mustExpire && log.batchRecordCount < shared.limits.batchEntries
            && log.batchRoom >= Self.settlingBytes + EntryRecord.maximumBytes
                + LedgerLimits.eventRecordBytes + turnstiles.recordRoom
    }

    /// What is due of one operation at most: the ends of a person's suspension, of its client's,
    /// and of the ladder's.
    private static var settlingBytes: Int { 3 * LedgerLimits.dueEventRecordBytes }

    mutating func decide(_ record: RawSpan, lane: Int32) {
        var envelope = record.envelope(as: EntryEnvelope.self)
        instruments.recordQueueWait(
            nanoseconds: nanoseconds &- min(envelope.handedOver, nanoseconds),
            of: envelope.command.operation)
        var answer = AnswerEnvelope(
            connection: envelope.connection, operation: envelope.command.operation,
            verdict: .accepted, isTest: envelope.command.isTest)
        if isSettled(envelope, &answer) {
            pending.answers.append(PendingBatch.LaneAnswer(lane: lane, answer: answer))
            return
        }
        checkTicket(of: &envelope)
        if envelope.ticket == 0 { countArrival(envelope.command) }
        if isDue { settle(envelope.command.operation) }
        evidence.removeAll()
        let judged = judge(&envelope, record, &answer)
        if judged?.isAnswered != true {
            if isTableFull, ledger.takesMemory(envelope.command, at: latest) {
                answer.verdict = .noMemory
            } else if turnstiles.isEmpty || isAdmitted(envelope, &answer) {
                decide(envelope, record, &answer)
                if envelope.ticket > 0 { turnstiles.use(envelope, answer.verdict) }
            }
        }
        if let judged { count(envelope, judged, answer.verdict) }
        pending.answers.append(PendingBatch.LaneAnswer(lane: lane, answer: answer))
    }

    /// Counts an entry's first coming. A load test is no rise: its load is the permit's (C6).
    private mutating func countArrival(_ command: EntryCommand) {
        if command.isTest {
            robots.recordTest(
                of: command.operation, permit: command.permit, shard: robots.sequencer)
        } else if rises.count(command.operation) {
            lookAtRise(of: command.operation)
        }
    }

    private mutating func decide(
        _ envelope: EntryEnvelope, _ record: RawSpan, _ answer: inout AnswerEnvelope
    ) {
        switch ledger.enter(envelope.command, at: latest) {
        case .accepted(let entry, let participant):
            answer.entry = entry.rawValue
            answer.participant = participant
            append(envelope, record, entry, participant)
        case .repeated(let entry, let participant):
            answer.verdict = .repeated
            answer.entry = entry.rawValue
            answer.participant = participant
        case .refused(let lacking):
            answer.verdict = .refused
            answer.reasons = RefusalReasons(lacking, missingConsents: envelope.missingConsents)
        case let refused:
            answer.verdict = EntryVerdict(refused)
            if case .notOpen = refused, !envelope.command.isTest { register(envelope, &answer) }
        }
    }

    /// Appends an accepted entry to the batch, as it will be replayed.
    private mutating func append(
        _ envelope: EntryEnvelope, _ record: RawSpan, _ entry: EntryNumber, _ participant: UInt32
    ) {
        let extensionsStart = envelope.extensionsStart
        let sourceStart = extensionsStart + Int(envelope.extensionBytes)
        let sealedStart = sourceStart + Int(envelope.sourceBytes)
        let source = record.extracting(sourceStart..<sealedStart)
        let sealed = record.extracting(sealedStart..<record.byteCount)
        if evidence.count > 0 {
            Self.append(
                envelope.command, entry, participant, evidence, source: source, sealed: sealed,
                to: &log)
        } else {
            log.append(kind: EntryRecord.kind) { buffer in
                EntryRecord.encode(
                    envelope.command, entry: entry, participant: participant,
                    extensions: record.extracting(extensionsStart..<sourceStart),
                    source: source, sealed: sealed, into: &buffer)
            }
        }
        accepted += 1
        let command = envelope.command
        noteLastOfDay(command, entry, participant)
        if pending.touched.last != command.operation { pending.touched.append(command.operation) }
        if command.isTest {
            if pending.touchedPermits.last != command.permit {
                pending.touchedPermits.append(command.permit)
            }
            return
        }
        if ledger.hasEvents { appendEvents() }
        // What campaigns bring is people: robots and tests are none.
        if command.countedAs == .participant {
            if source.byteCount > 0 {
                recordSource(source, of: command.operation)
            } else {
                sources.countUntagged(of: command.operation)
            }
        }
    }

    // MARK: A full disk, a wrong clock

    /// Refuses everything that waits. Nothing has changed: room and time are asked for before
    /// anything is folded.
    mutating func refuseAll(
        _ outcome: AdministrativeOutcome, _ verdict: EntryVerdict = .noSpace
    ) {
        while let request = shared.administration.next() { complete(request, outcome) }
        order.beginTurn(isAnswered: !loopsHaveEnded)
        while let part = order.next() {
            let ready = part.peek { _ in }
            let refused = part.ring.drain(limit: ready.count) { record in
                let envelope = record.envelope(as: EntryEnvelope.self)
                let answer = AnswerEnvelope(
                    connection: envelope.connection, operation: envelope.command.operation,
                    verdict: verdict, isTest: envelope.command.isTest)
                pending.answers.append(
                    PendingBatch.LaneAnswer(lane: Int32(part.lane), answer: answer))
                return true
            }
            order.end(part, count: refused, hasStored: false, isBlocked: ready.isBlocked)
        }
    }
}
