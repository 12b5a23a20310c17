internal import Bytes
internal import CLinux
internal import Cluster
internal import Contract
internal import Cryptography
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
///
/// ``run()`` is a loop around ``turn()``, which never sleeps: a test or a simulation turns a
/// sequencer by hand, on any one thread, at the times that its clock gives.
struct Sequencer: ~Copyable, Sendable {
    let shared: Shared
    /// `shared`'s, at hand: asked of a class for each entry it is retained each time.
    let instruments: Instruments
    let robots: RobotReporter
    var ledger: Ledger
    var log: Log
    private var ledgerClock: LedgerClock
    /// Since when a batch waits for room: nanoseconds of the monotonic clock; nil for none.
    var spaceWait: UInt64?
    /// The monotonic clock at the beginning of the turn.
    private(set) var nanoseconds: UInt64

    var pending: PendingBatch
    /// The start, which goes before any other command; nil once it is decided.
    var opening: AdministrativeRequest?
    var turnstiles: Turnstiles
    /// Which campaign tags entries carry.
    var sources: SourceMeter
    /// How many entries come to each operation.
    var rises = RiseMeter()
    /// Entries sent to another leader before this node took office; they go before others.
    var kept: KeptEntries?
    /// What entries that came over links are held against.
    var linked = LinkChecks()
    /// The evidence of the entry in hand with the extensions behind it, as its record has them;
    /// empty where nothing speaks for a robot.
    var evidence = ByteBuffer(capacity: 4 << 10)
    /// How entries have come lately.
    var behaviour: BehaviourWatch
    /// Whether something has come due: of what a command touches, it goes before the command.
    private(set) var isDue = false
    /// Whether something has come due that goes before anything else of the batch.
    private(set) var mustExpire = false
    /// Whether the last turn left something that is due to the next.
    private var hasLeftover = false
    /// Whether the tables take as much memory as they may: what would grow them is refused.
    var isTableFull = false
    /// Nobody reads answers any more; what waits is decided and stored all the same.
    var loopsHaveEnded = false
    /// Which entries are decided next.
    var order: EntryOrder
    /// Entries accepted since the process started.
    var accepted: UInt64 = 0
    /// Records of the last turn's batch: what tells a busy gateway from an idle one.
    private var lastBatchRecords = 0
    /// What it follows; nil where it decides: with the office, and where the gateway is alone.
    private(set) var followed: (any FollowedLog)?

    /// - Parameters:
    ///   - ledger: as the log left it; it is published at once, for the first readers.
    ///   - followed: of a node of a cluster.
    init(
        shared: Shared, ledger: consuming Ledger, log: consuming Log,
        following followed: (any FollowedLog)? = nil
    ) {
        self.shared = shared
        self.followed = followed
        instruments = shared.instruments
        robots = shared.robots
        nanoseconds = shared.clock.monotonicNanoseconds()
        ledgerClock = LedgerClock(
            after: log.recovery.lastTime, now: shared.clock.wallClock(),
            nanoseconds: shared.clock.elapsedNanoseconds())
        self.ledger = ledger
        self.log = log
        pending = PendingBatch(entries: shared.limits.batchEntries)
        order = EntryOrder(shared.entryLanes)
        turnstiles = Turnstiles(shared.board, random: shared.random)
        sources = SourceMeter(shared.sources, random: shared.random)
        behaviour = BehaviourWatch(
            shared.ruleset.current, bytes: shared.limits.behaviourBytes, seed: shared.random.word())
        for index in self.ledger.catalogue.operations.indices { updateTurnstile(of: UInt32(index)) }
        publishEnd()
        shared.journal.record(batchBytes: 0, unused: self.log.unusedBytes)
        publishRecovered()
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
            if followed != nil {
                if loopsHaveEnded { break }
                do throws(StartError) {
                    try follow()
                } catch {
                    // Told to end on its way to an office: another node has it then.
                    if shared.isDraining, followed != nil { continue }
                    shared.giveUp("cannot follow the cluster; ending the process: \(error)")
                }
                continue
            }
            // What is due and left over is for the next start.
            if loopsHaveEnded, !hasRequests { break }
            if !hasWork { sleep() }
            gather()
            try turn()
        }
        shared.heartbeats.sequencerEnds()
    }

    /// One turn: decides what has come due and what waits, stores it with one sync, publishes it.
    /// It waits for the disk, and for nothing else. While the disk has no room, or nobody knows the
    /// time, all that waits is refused.
    /// - Throws: ``LogError``, as ``run()``.
    @discardableResult
    mutating func turn() throws(LogError) -> SequencerTurn {
        readClocks()
        behaviour.update(from: shared.ruleset)
        var turn = SequencerTurn()
        hasLeftover = false
        let isOver = handsOver()
        if isOver {
            refuse(.handedOver, .handedOver)
        } else if isClockUnsure {
            refuse(.clockUnconfirmed)
        } else if isStorePresent, ensureSpace() {
            decideDue()
            decideOpening()
            if opening == nil {
                decideAdministration()
                if kept == nil { decideEntries() } else { settleKept() }
                recordQueues()
            }
            hasLeftover = isDue
            turn.records = try commit()
        } else {
            refuse(.noSpace)
        }
        // Where a batch was stored, that has said it. That nothing is decided rests on nothing.
        if turn.records == 0, !isOver, pending.isAwaited { try log.confirm() }
        lastBatchRecords = turn.records
        turn.answers = pending.answers.count
        if turn.answers > 0 { shared.lastBatch.store(turn.answers, ordering: .relaxed) }
        turn.completions = pending.completions.count
        publish()
        answerConsumption()
        return turn
    }

    /// Refuses all that waits, as ``refuseAll(_:_:)``; what this node had sent to another leader
    /// goes before it.
    private mutating func refuse(
        _ outcome: AdministrativeOutcome, _ verdict: EntryVerdict = .noSpace
    ) {
        if kept == nil { refuseAll(outcome, verdict) } else { settleKept(refusing: verdict) }
    }

    /// Settles entries that this node had sent to another leader before it took office. No others
    /// are answered in the same turn: there is room for the answers of these alone.
    /// - Parameter verdict: for those that cannot be decided now; nil: they are decided.
    private mutating func settleKept(refusing verdict: EntryVerdict? = nil) {
        guard var rest = kept.take() else { return }
        var room = shared.workerLanes.map { loopsHaveEnded ? .max : $0.answerRoom }
        var record = ByteBuffer(capacity: 1 << 10)
        while verdict != nil || hasRoom, let lane = rest.oldest?.slot.lane, room[lane] > 0,
            let settled = rest.settleOldest(
                into: &record, at: nanoseconds, shared.links, refusing: verdict)
        {
            room[lane] -= 1
            switch settled {
            case .isToBeDecided(let lane): decide(record.bytes, lane: lane)
            case .isAnswered(let answer): pending.answers.append(answer)
            }
        }
        if rest.count > 0 { kept = consume rest }
    }

    /// Whether this node's office is another's, or about to be: it decides nothing more. All that
    /// it decided in the turns before is stored and answered.
    private func handsOver() -> Bool {
        guard let succession = shared.cluster?.succession, succession.isBegun else { return false }
        succession.settle()
        return true
    }

    /// Whether the log's files are where a start would look for them.
    private var isStorePresent: Bool { !shared.health.isStoreLost }

    // MARK: Time

    /// The ledger's time, which never runs backwards.
    var latest: Timestamp { ledgerClock.time }

    /// Whether the clock is so far from the log's last record that nothing may be decided.
    var isClockUnsure: Bool { ledgerClock.isUnsure }

    /// The monotonic clock at the beginning of the turn, in milliseconds.
    var milliseconds: UInt64 { nanoseconds / 1_000_000 }

    /// Reads the clock that turns of following go by: the ledger's time comes with its batches.
    private mutating func readMonotonicClock() {
        nanoseconds = shared.clock.monotonicNanoseconds()
        shared.heartbeats.sequencerTurns(at: nanoseconds)
    }

    /// Begins the ledger's time anew, as a start does.
    /// - Parameter last: of the last batch stored; nil where there is none.
    private mutating func restartClock(after last: Timestamp?) {
        ledgerClock = LedgerClock(
            after: last, now: shared.clock.wallClock(),
            nanoseconds: shared.clock.elapsedNanoseconds())
    }

    private mutating func readClocks() {
        let clock = shared.clock
        nanoseconds = clock.monotonicNanoseconds()
        let (now, elapsed) = (clock.wallClock(), clock.elapsedNanoseconds())
        shared.heartbeats.sequencerTurns(at: nanoseconds)
        // A closure that stays here: the bare method would be allocated in each turn.
        var news = ledgerClock.advance(
            to: now, nanoseconds: elapsed, isSynchronized: { clock.isSynchronized() })
        let confirmations = shared.drainClockConfirmations()
        if !confirmations.isEmpty {
            news = ledgerClock.confirm(now, nanoseconds: elapsed)
        }
        if let news {
            shared.logger.warning(
                "\(news)",
                metadata: ["clock": "\(now.rfc3339)", "journal_time": "\(latest.rfc3339)"])
        }
        shared.health.clockLeapMilliseconds = ledgerClock.leapMilliseconds
        shared.health.clock =
            ledgerClock.isUnsure ? .unconfirmed : ledgerClock.isFarBehind ? .behind : .believed
        for complete in confirmations { complete() }
        updateDue()
    }

    /// Looks what is due now, after anything that may change it.
    mutating func updateDue() {
        isDue = ledger.isDue(at: latest)
        mustExpire = isDue && ledger.mustExpire(at: latest)
    }

    // MARK: Waiting

    /// Whether a turn now would find something to do.
    var hasWork: Bool { hasRequests || hasLeftover || turnstiles.hasLeftover }

    /// Whether somebody waits for a decision.
    private var hasRequests: Bool {
        shared.administration.hasWork || shared.consumption.hasWork || kept != nil
            || shared.followedOutcomes.hasWork
            || shared.isClockConfirmationDue || shared.cluster?.succession.isPending == true
            || shared.entryLanes.contains { $0.hasEntries }
    }

    private func sleep() {
        shared.sequencerBell.prepareToSleep()
        if !hasWork && !shared.isStopping { _ = shared.sequencerBell.wait() }
        shared.sequencerBell.wokeUp()
    }

    /// Under load, lets a batch grow: each sync then carries more entries. Not for longer than the
    /// workers have something to bring, so no processor idles for it, and no client waits. Where
    /// the last batch was full, the next one has what that left over. Those of a crowd wait, and
    /// whoever comes beside it does not (``Shared/endGathering()``).
    private func gather() {
        defer { shared.endsGathering.store(false, ordering: .relaxed) }
        guard lastBatchRecords < shared.limits.batchEntries else { return }
        let microseconds = Self.gatherMicroseconds(
            after: lastBatchRecords, maximum: shared.limits.gatherMicroseconds)
        guard microseconds > 0, shared.entryLanes.contains(where: { $0.hasEntries })
        else { return }
        let bell = shared.gatheringBell
        bell.prepareToSleep()
        if !shared.workersAreIdle, !shared.endsGathering.load(ordering: .relaxed) {
            // Precisely: a bell's own grain is a millisecond.
            _ = linux_wait_readable(bell.descriptor, Int64(microseconds) * 1_000)
        }
        bell.wokeUp()
    }

    /// How long a batch gathers at most: longer than as many entries take to come as the last one
    /// had, so that batches grow with the load. A lone client, whose last batch was of one, never
    /// waits.
    static func gatherMicroseconds(after records: Int, maximum: Int) -> Int {
        records < busyRecords ? 0 : min(maximum, records * microsecondsPerRecord)
    }

    /// So many records in a batch tell of a busy gateway.
    private static var busyRecords: Int { 8 }
    /// More than a loop takes for an entry.
    private static var microsecondsPerRecord: Int { 16 }
}

/// A node that follows: batches that the leader appended are decided again, compared, stored, and
/// published as the leader publishes its own, by the thread that decides once it leads. So what
/// readers see has one writer, whoever leads.
///
///     following ──the follower has the office──► leading ──fenced──► the process ends
///
/// An office is never given back: the ledger of a leader may be ahead of the log.
extension Sequencer {
    /// One turn: batches as far as one page of the log goes, or a wait; questions of the control
    /// side; and with the office the beginning of it.
    /// - Throws: ``StartError`` where this node cannot follow, or cannot begin its office.
    mutating func follow() throws(StartError) {
        guard let followed else { preconditionFailure("a leader follows nobody") }
        readMonotonicClock()
        answerConsumption()
        shared.cluster?.noteOwnDisk(takesBatches: isStorePresent && log.ensureSpace())
        guard mayFollow else { return rest() }
        let office: LogOwner?
        let bell = shared.sequencerBell
        bell.prepareToSleep()
        let mayWait =
            !shared.consumption.hasWork && !shared.followedOutcomes.hasWork && !shared.isStopping
        do throws(FollowerFailure) {
            office = try followed.turn(waking: mayWait ? bell.descriptor : nil) {
                bytes throws(LogError) in try take(bytes)
            }
        } catch {
            bell.wokeUp()
            throw .file("\(error)")
        }
        bell.wokeUp()
        // Those who wait before an operation are fewer as time passes, and outcomes may be told.
        publish()
        if let office { try begin(office, followed) }
    }

    /// A node whose files are gone neither stores nor stands, nor does one that ends; and one whose
    /// projector is behind waits for it: what is to be projected takes memory.
    private var mayFollow: Bool {
        isStorePresent && !shared.isDraining && shared.projection.hasRoom
    }

    private func rest() {
        shared.sequencerBell.prepareToSleep()
        shared.sequencerBell.wait(timeoutNanoseconds: 10_000_000)
        shared.sequencerBell.wokeUp()
    }

    /// Takes in one batch that the leader appended.
    /// - Returns: the place behind it.
    private mutating func take(_ bytes: RawSpan) throws(LogError) -> LogPosition {
        try pending.follow(
            bytes, &log, &ledger, &sources, &linked.lastOfDay, keptMilliseconds, at: milliseconds)
        publishEnd()
        shared.journal.record(batchBytes: bytes.byteCount, unused: log.unusedBytes)
        shared.tableBytes.store(ledger.memoryBytes, ordering: .relaxed)
        if pending.hasAdministration {
            restartClock(after: pending.time)
            for operation in pending.queuedOperations(in: ledger.catalogue) {
                if ledger.perSecond(of: operation) != nil { turnstiles.forgetQueue(of: operation) }
                updateTurnstile(of: operation)
            }
        }
        publish()
        return log.durableEnd
    }

    /// Begins to decide: from here on this is the leader's sequencer.
    private mutating func begin(
        _ office: LogOwner, _ followed: any FollowedLog
    ) throws(StartError) {
        let start = try followed.prepareOffice(office, &log, ledger)
        self.followed = nil
        kept = followed.giveUpLanes()
        readMonotonicClock()
        restartClock(after: log.recovery.lastTime)
        // As a start does: places are those on record, and numbers behind them were never told.
        turnstiles = Turnstiles(shared.board, random: shared.random)
        for index in ledger.catalogue.operations.indices { updateTurnstile(of: UInt32(index)) }
        do throws(LogError) {
            try begin(version: start.version, policy: start.policy, calendar: start.calendar)
        } catch {
            throw .file("cannot write the journal: \(error)")
        }
        try followed.beginOffice(office)
    }
}
