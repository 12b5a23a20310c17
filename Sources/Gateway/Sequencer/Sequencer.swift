internal import Bytes
internal import CLinux
internal import Contract
internal import Evidence
internal import Glibc
internal import Ledger
internal import LockFree
internal import Log
internal import Logging
internal import Sockets
internal import Synchronization
internal import Time

/// The one thread that decides. It takes entries from the workers' rings in order, folds them into
/// the ledger, appends what was accepted to the log as one batch, syncs once, and only then
/// lets the answers go (laws 1, 2 and 3).
///
/// While it syncs, the next batch gathers in the rings: group commit without a timer.
struct Sequencer: ~Copyable, Sendable {
    let shared: Shared
    var ledger: Ledger
    var log: Log
    private(set) var clock = LoopClock()
    private var ledgerClock: LedgerClock

    /// Answers of the batch in hand; they leave after its sync, the repeated ones too, because
    /// their first may be in it.
    var answers: ContiguousArray<LaneAnswer> = []
    /// Operations whose counts this batch changed; published after its sync.
    var touched: ContiguousArray<UInt32> = []
    /// What the control side asked, with its outcome; told after the sync.
    var decided: [DecidedRequest] = []
    /// Records of this batch that go into the register after its sync.
    var pendingEvidence: [PendingEvidence] = []
    /// One for each operation that is smoothed, by its index.
    var turnstiles: [UInt32: Turnstile] = [:]
    /// Which campaign tags entries carry.
    var sources = SourceMeter()
    /// Nobody reads answers any more; what waits is decided and stored all the same.
    var loopsHaveEnded = false
    /// Which lane is drained first, in turn, so that none is always last.
    private var firstLane = 0
    /// Entries accepted since the process started.
    var accepted: UInt64 = 0
    /// So many entries in a batch tell of a busy gateway.
    private static var busyEntries: Int { 8 }
    /// Records of the last turn's batch: what tells a busy gateway from an idle one.
    var lastBatchRecords = 0

    struct LaneAnswer {
        var lane: Int32
        var answer: AnswerEnvelope
    }

    struct DecidedRequest {
        var request: AdministrativeRequest
        var outcome: Result<Change, CommandRefusal>
    }

    /// A record of the batch in hand, and what was counted when it was decided.
    struct PendingEvidence {
        var sequence: UInt64
        var content: EvidenceRecord.Content
        var counts: OperationCounts?
    }

    init(shared: Shared, ledger: consuming Ledger, log: consuming Log) {
        self.shared = shared
        ledgerClock = LedgerClock(
            after: log.recovery.lastTime ?? Timestamp(milliseconds: 0), now: clock.now,
            nanoseconds: clock.nanoseconds)
        self.ledger = ledger
        self.log = log
        answers.reserveCapacity(shared.limits.batchEntries)
        touched.reserveCapacity(shared.limits.batchEntries)
        for index in self.ledger.catalogue.operations.indices { updateTurnstile(of: UInt32(index)) }
    }

    /// Decides until told to stop, and until nothing waits any more.
    /// - Throws: ``LogError`` where a batch could not be stored. It is final: nothing of the
    ///   batch was acknowledged, and the ledger in memory is ahead of the disk.
    mutating func run() throws(LogError) {
        Poller.makeTimersPrecise()
        // Where a busy worker has the same core, answers do not wait for the end of its turn.
        _ = linux_take_short_turns(0)
        while true {
            loopsHaveEnded = shared.isStopping
            if !hasWork {
                if loopsHaveEnded { break }
                sleep()
            }
            gather()
            readClocks()
            let hasSpace = log.ensureSpace()
            recordSpace(hasSpace)
            if hasSpace {
                decideDue()
                decideAdministration()
                decideEntries()
                try commit()
                release()
            } else {
                refuseForLackOfSpace()
                release()
            }
        }
        shared.heartbeats.sequencerEnds()
    }

    /// The ledger's time, which never runs backwards.
    var latest: Timestamp { ledgerClock.time }

    private mutating func readClocks() {
        clock.advance()
        shared.heartbeats.sequencerTurns(at: clock.nanoseconds)
        if let news = ledgerClock.advance(to: clock.now, nanoseconds: clock.nanoseconds) {
            shared.logger.warning(
                "\(news)",
                metadata: ["clock": "\(clock.now.rfc3339)", "journal_time": "\(latest.rfc3339)"])
        }
        shared.instruments.clockLeapMilliseconds = ledgerClock.leapMilliseconds
    }

    // MARK: Waiting

    private var hasWork: Bool {
        shared.administration.hasWork || shared.workerLanes.contains { !$0.commands.isEmpty }
    }

    private func sleep() {
        shared.sequencerBell.prepareToSleep()
        if !hasWork && !shared.isStopping { _ = shared.sequencerBell.wait() }
        shared.sequencerBell.wokeUp()
    }

    /// Under load, lets a batch grow for a moment: each sync then carries more entries. It never
    /// does so for a lone client, whose last batch was of one.
    private func gather() {
        guard lastBatchRecords >= Self.busyEntries, shared.limits.gatherMicroseconds > 0,
            shared.workerLanes.contains(where: { !$0.commands.isEmpty })
        else { return }
        var time = timespec(tv_sec: 0, tv_nsec: shared.limits.gatherMicroseconds * 1_000)
        // A signal that ends the pause early costs nothing but a smaller batch.
        _ = unsafe nanosleep(&time, nil)
    }

    // MARK: Deciding

    private mutating func decideEntries() {
        let lanes = shared.workerLanes
        for offset in lanes.indices where hasRoom {
            let number = (firstLane + offset) % lanes.count
            let lane = lanes[number]
            _ = lane.commands.drain(limit: maximumAnswers(lane)) { record in
                decide(record, lane: Int32(number))
                return hasRoom
            }
        }
        firstLane = (firstLane + 1) % lanes.count
    }

    /// How many more answers a lane can be given: only so many entries are decided.
    private func maximumAnswers(_ lane: WorkerLane) -> Int {
        loopsHaveEnded ? .max : lane.answerRoom
    }

    /// Whether any entry fits into the batch, with an event behind it, and may be decided now. What
    /// is refused takes no room, and is not made to wait for a further sync.
    private var hasRoom: Bool {
        log.batchRecordCount < shared.limits.batchEntries
            && log.batchRoom >= EntryRecord.maximumBytes + LedgerLimits.eventRecordBytes
            && !ledger.isDue(at: latest)
    }

    private mutating func decide(_ record: RawSpan, lane: Int32) {
        let envelope = record.envelope(as: EntryEnvelope.self)
        let wait = clock.nanoseconds &- min(envelope.handedOver, clock.nanoseconds)
        shared.instruments.recordQueueWait(
            nanoseconds: wait, of: envelope.command.operation)
        var answer = AnswerEnvelope(
            connection: envelope.connection, operation: envelope.command.operation,
            verdict: .accepted)
        if !turnstiles.isEmpty, !passes(envelope, &answer) {
            answers.append(LaneAnswer(lane: lane, answer: answer))
            return
        }
        switch ledger.enter(envelope.command, at: latest) {
        case .accepted(let entry, let participant):
            answer.entry = entry.rawValue
            answer.participant = participant
            append(envelope, record, entry, participant)
        case .repeated(let entry, let participant):
            answer.verdict = .repeated
            answer.entry = entry.rawValue
            answer.participant = participant
        case let refused: answer.verdict = EntryVerdict(refused)
        }
        answers.append(LaneAnswer(lane: lane, answer: answer))
    }

    /// Appends an accepted entry to the batch, as it will be replayed.
    private mutating func append(
        _ envelope: EntryEnvelope, _ record: RawSpan, _ entry: EntryNumber, _ participant: UInt32
    ) {
        let sourceStart = MemoryLayout<EntryEnvelope>.size
        let sealedStart = sourceStart + Int(envelope.sourceBytes)
        log.append(kind: EntryRecord.kind) { buffer in
            EntryRecord.encode(
                envelope.command, entry: entry, participant: participant,
                source: record.extracting(sourceStart..<sealedStart),
                sealed: record.extracting(sealedStart..<record.byteCount),
                into: &buffer)
        }
        if ledger.hasEvents { appendEvents() }
        if sealedStart > sourceStart {
            recordSource(
                record.extracting(sourceStart..<sealedStart), of: envelope.command.operation)
        }
        accepted += 1
        if touched.last != envelope.command.operation { touched.append(envelope.command.operation) }
    }

    /// What has come to its time does so before anything else is decided.
    private mutating func decideDue() {
        while ledger.isDue(at: latest), log.batchRoom >= LedgerLimits.eventRecordBytes {
            ledger.expire(at: latest)
            appendEvents()
        }
    }

    private mutating func decideAdministration() {
        // Alone in a batch any command fits, with all that follows from it: both are bounded, and
        // the batch's room is more.
        let reserve = LedgerLimits.stepsAtOnce * LedgerLimits.eventRecordBytes
        while !ledger.isDue(at: latest),
            let request = shared.administration.next(
                ofAtMost: log.batchRecordCount == 0 ? .max : log.batchRoom - reserve)
        {
            let record = request.record
            let counts = record.command.operation
                .flatMap { ledger.catalogue.operationIndex($0) }.flatMap { ledger.counts(of: $0) }
            do {
                try requireEntries(request, counts)
                let change = try ledger.apply(record.command, by: record.author, at: latest)
                if change != .none {
                    let sequence = log.append(kind: AdministrativeRecord.kind) { buffer in
                        request.encoded.withBytes { buffer.append($0) }
                    }
                    pendingEvidence.append(
                        PendingEvidence(
                            sequence: sequence, content: .command(record), counts: counts))
                    appendEvents()
                }
                if let operation = change.operation { updateTurnstile(of: operation) }
                if let predecessor = change.predecessor { updateTurnstile(of: predecessor) }
                decided.append(DecidedRequest(request: request, outcome: .success(change)))
            } catch {
                decided.append(DecidedRequest(request: request, outcome: .failure(error)))
            }
        }
    }

    /// What was exported must still be all there is (C18).
    private func requireEntries(
        _ request: AdministrativeRequest, _ counts: OperationCounts?
    ) throws(CommandRefusal) {
        guard let expected = request.expectedEntries, let counts, counts.entries != expected
        else { return }
        throw .exportOvertaken(request.record.command.operation ?? "")
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
            pendingEvidence.append(PendingEvidence(sequence: sequence, content: .event(event)))
            if let operation = ledger.catalogue.operationIndex(event.operation) {
                updateTurnstile(of: operation)
            }
        }
    }

    /// The disk is full: everything that waits is told so, and nothing has changed (the space is
    /// asked for before anything is folded).
    private mutating func refuseForLackOfSpace() {
        while let request = shared.administration.next() { request.finish(.noSpace) }
        for (number, lane) in shared.workerLanes.enumerated() {
            _ = lane.commands.drain(limit: maximumAnswers(lane)) { record in
                let envelope = record.envelope(as: EntryEnvelope.self)
                let answer = AnswerEnvelope(
                    connection: envelope.connection, operation: envelope.command.operation,
                    verdict: .noSpace)
                answers.append(LaneAnswer(lane: Int32(number), answer: answer))
                return true
            }
        }
        lastBatchRecords = 0
    }
}
