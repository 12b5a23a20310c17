internal import Bytes
internal import Evidence
internal import Ledger
internal import Log
internal import Playback
internal import Projections

/// A batch that the leader appended, as a node that follows it publishes it.
extension PendingBatch {
    /// Decides a batch again, compares, and stores it; notes what is to be published.
    /// - Parameters:
    ///   - kept: for how long an entry may be sent again: milliseconds.
    ///   - now: milliseconds of the monotonic clock.
    mutating func follow(
        _ bytes: RawSpan, _ log: inout Log, _ ledger: inout Ledger, _ sources: inout SourceMeter,
        _ lastOfDay: inout LastOfDay, _ kept: Int64, at now: UInt64
    ) throws(LogError) {
        firstSequence = log.batchFirstSequence
        try log.follow(bytes) { batch in
            time = batch.header.time
            do throws(PlaybackError) {
                try ledger.follow(batch) { entry, bytes, ledger in
                    touch(entry.command)
                    if ledger.endsDay(of: entry.command.operation, within: kept, of: time) {
                        lastOfDay.note(
                            entry.command, entry.entry, entry.participant,
                            keptMilliseconds: kept, at: time)
                    }
                    guard entry.command.countedAs == .participant else { return }
                    let source = bytes.extracting(entry.source.range)
                    Self.count(source, entry.command, &sources, ledger, at: now)
                } other: { record, command, _ in
                    add(record, command)
                }
            } catch {
                guard error.isLevel else { throw error }
                throw LogError.tooNew(
                    sequence: error.sequence, found: error.reason.explanation)
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

    /// Notes an entry whose operation's counts, and whose permit's, are to be published.
    private mutating func touch(_ command: EntryCommand) {
        if touched.last != command.operation { touched.append(command.operation) }
        if command.isTest, touchedPermits.last != command.permit {
            touchedPermits.append(command.permit)
        }
    }

    /// Notes a record that is no entry's.
    private mutating func add(
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

    /// Takes what a leader has told of changes, as far as this node has the records for it.
    mutating func complete(_ told: FollowedLane, upTo records: UInt64) {
        while let outcome = told.next(where: { $0.records <= records }) {
            completions.append(PublishedBatch.Completion(outcome))
        }
    }

    /// The operations whose turnstiles the batch may have changed.
    func queuedOperations(in catalogue: Catalogue) -> [UInt32] {
        var found: Set<UInt32> = []
        for (record, change) in changes {
            found.formUnion(change.operations(in: catalogue))
            if let predecessor = change.predecessor { found.insert(predecessor) }
            if let operation = record.command.queuedOperation.flatMap({
                catalogue.operationIndex($0)
            }) {
                found.insert(operation)
            }
        }
        for case .event(let event) in records.lazy.map(\.content) {
            if let operation = event.operation.flatMap({ catalogue.operationIndex($0) }) {
                found.insert(operation)
            }
        }
        return found.sorted()
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
