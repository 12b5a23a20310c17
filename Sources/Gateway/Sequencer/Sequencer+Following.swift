internal import Bytes
internal import Cluster
internal import Evidence
internal import Ledger
internal import LockFree
internal import Log
internal import Playback
internal import Projections
internal import Synchronization
internal import Time

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
        guard mayFollow else { return rest() }
        let office: LogOwner?
        let bell = shared.sequencerBell
        bell.prepareToSleep()
        let mayWait = !shared.consumption.hasWork && !shared.isStopping
        do throws(FollowerFailure) {
            office = try followed.turn(waking: mayWait ? bell.descriptor : nil) {
                bytes throws(LogError) in try take(bytes)
            }
        } catch {
            bell.wokeUp()
            throw .file("\(error)")
        }
        bell.wokeUp()
        // Those who wait before an operation are fewer as time passes.
        turnstiles.publish(at: Int64(clamping: milliseconds))
        if let office { try begin(office, followed) }
    }

    /// A node whose files are gone neither stores nor stands, nor does one that ends; and one whose
    /// projector is behind waits for it: what is to be projected takes memory.
    private var mayFollow: Bool {
        !shared.health.isStoreLost && !shared.isDraining && shared.projection.hasRoom
    }

    private func rest() {
        shared.sequencerBell.prepareToSleep()
        shared.sequencerBell.wait(timeoutNanoseconds: 10_000_000)
        shared.sequencerBell.wokeUp()
    }

    // MARK: Batches

    /// Takes in one batch that the leader appended.
    /// - Returns: the place behind it.
    mutating func take(_ bytes: RawSpan) throws(LogError) -> LogPosition {
        pending.firstSequence = log.batchFirstSequence
        try Self.replay(bytes, &log, &ledger, &pending, &sources, at: milliseconds)
        publishEnd()
        shared.journal.record(batchBytes: bytes.byteCount, unused: log.unusedBytes)
        shared.tableBytes.store(ledger.memoryBytes, ordering: .relaxed)
        if pending.hasAdministration {
            restartClock(after: pending.time)
            restoreTurnstiles()
        }
        publish()
        return log.durableEnd
    }

    /// Decides a batch again, compares, and stores it; notes what is to be published.
    private static func replay(
        _ bytes: RawSpan, _ log: inout Log, _ ledger: inout Ledger,
        _ pending: inout PendingBatch, _ sources: inout SourceMeter, at now: UInt64
    ) throws(LogError) {
        try log.follow(bytes) { batch in
            pending.time = batch.header.time
            try ledger.follow(batch) { entry, bytes, ledger in
                pending.touch(entry.command)
                guard entry.command.countedAs == .participant else { return }
                let source = bytes.extracting(entry.source.range)
                count(source, entry.command, &sources, ledger, at: now)
            } other: { record, command, _ in
                pending.add(record, command)
            }
            try ledger.endReplay()
        }
    }

    /// Counts the tag of an entry. What the leader makes of it, it puts on record.
    private static func count(
        _ source: RawSpan, _ command: EntryCommand, _ sources: inout SourceMeter,
        _ ledger: borrowing Ledger, at now: UInt64
    ) {
        guard source.byteCount > 0 else { return sources.countUntagged(of: command.operation) }
        guard let counts = ledger.counts(of: command.operation) else { return }
        _ = sources.count(
            source, of: command.operation, accepted: counts.entries,
            minimum: ledger.minimumSourceEntries, at: now)
    }

    /// Brings turnstiles in line with what is on record of them.
    private mutating func restoreTurnstiles() {
        for (_, change) in pending.changes {
            for operation in change.operations(in: ledger.catalogue) { restoreTurnstile(operation) }
            if let predecessor = change.predecessor { restoreTurnstile(predecessor) }
        }
        for record in pending.records {
            let name: String? =
                switch record.content {
                case .event(let event): event.operation
                case .command(let command): command.command.queuedOperation
                }
            if let operation = name.flatMap({ ledger.operationIndex($0) }) {
                restoreTurnstile(operation)
            }
        }
    }

    private mutating func restoreTurnstile(_ operation: UInt32) {
        if ledger.perSecond(of: operation) != nil { turnstiles.forgetQueue(of: operation) }
        updateTurnstile(of: operation)
    }

    // MARK: The office

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

extension AdministrativeCommand {
    /// The operation whose queue or draw the command records; nil for any other command.
    fileprivate var queuedOperation: String? {
        switch self {
        case .fact(.queue(let record)): record.operation
        case .fact(.draw(let record)): record.operation
        default: nil
        }
    }
}

extension PendingBatch {
    /// Notes an entry whose operation's counts, and whose permit's, are to be published.
    fileprivate mutating func touch(_ command: EntryCommand) {
        if touched.last != command.operation { touched.append(command.operation) }
        if command.isTest, touchedPermits.last != command.permit {
            touchedPermits.append(command.permit)
        }
    }

    /// Notes a record that is no entry's.
    fileprivate mutating func add(
        _ record: borrowing PlaybackRecord, _ command: ReplayedCommand?
    ) {
        switch record.content {
        case .command(let content):
            records.append(
                DurableBatch.Record(
                    sequence: record.sequence, content: .command(content),
                    counts: command?.counts))
            if let command { changes.append((content, command.change)) }
        case .event(let event):
            records.append(
                DurableBatch.Record(sequence: record.sequence, content: .event(event)))
        case .entry, .unreadable: break
        }
    }
}
