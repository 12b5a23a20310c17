internal import Bytes
package import Time

extension Ledger {
    /// Folds an accepted entry in by deciding it again, and compares what is decided with what the
    /// record says. After the last record of all comes ``endReplay()``.
    ///
    /// - Parameter time: the time of its batch, which is what ``enter(_:at:)`` was given.
    /// - Throws: ``ReplayError`` if this fold, or the version of the code that wrote the log,
    ///   is not the one that is running; the ledger is not to be used any more.
    package mutating func replay(
        _ record: EntryRecord, at time: Timestamp
    ) throws(ReplayError) {
        try requireNothingDue(at: time)
        let expected = EntryOutcome.accepted(entry: record.entry, participant: record.participant)
        let number = records
        let decided = enter(record.command, at: time)
        guard decided == expected else {
            throw .entryDiffers(
                record: number, operation: operationName(record.command.operation),
                recorded: expected, decided: decided)
        }
    }

    /// Folds a command in, in the same way.
    package mutating func replay(
        _ record: AdministrativeRecord, at time: Timestamp
    ) throws(ReplayError) {
        try requireNothingDue(at: time)
        let number = records
        let change: Change
        do {
            change = try apply(record.command, by: record.author, at: time)
        } catch {
            throw .commandRefused(record: number, refusal: error)
        }
        guard change != .none else { throw .commandChangedNothing(record: number) }
    }

    /// Compares what the fold has found out by itself with what is on record of it.
    package mutating func replay(
        _ recorded: LedgerEvent, at time: Timestamp
    ) throws(ReplayError) {
        let number = records
        if !hasEvents, isDue(at: time) { expire(at: time) }
        guard let decided = popFirstEvent() else {
            throw .eventUnexpected(record: number, recorded: recorded)
        }
        guard decided == recorded else {
            throw .eventDiffers(record: number, recorded: recorded, decided: decided)
        }
    }

    /// The log's end: everything that was found out must have been on record.
    package func endReplay() throws(ReplayError) {
        if hasEvents { throw .eventMissing(record: records) }
    }

    /// ``anticipate(_:)`` for a record: called for a batch, or for a few dozen records of it,
    /// before they are replayed. Bytes that are no entry's record are left to the replay.
    package func anticipate(kind: UInt8, bytes: RawSpan) {
        guard kind == EntryRecord.kind, let keys = EntryRecord.keys(in: bytes) else { return }
        anticipate(
            operation: keys.operation, participant: keys.participant,
            idempotency: keys.idempotency)
    }

    /// Whatever has come to its time has done so before anything was decided.
    private func requireNothingDue(at time: Timestamp) throws(ReplayError) {
        if hasEvents || isDue(at: time) { throw .eventMissing(record: records) }
    }

    private func operationName(_ index: UInt32) -> String {
        index < catalogue.operations.count ? catalogue.operations[Int(index)].id : "#\(index)"
    }
}

/// Where and how a log says something else than the fold decides. `record` counts the records
/// folded in before this one.
package enum ReplayError: Error, Equatable {
    case unknownKind(UInt8, record: UInt64)
    case malformedEntry(EntryRecordError, record: UInt64)
    case malformedCommand(detail: String, record: UInt64)
    /// The entry is decided otherwise than it was; `full(.memory)` means that this machine has
    /// less of it.
    case entryDiffers(
        record: UInt64, operation: String, recorded: EntryOutcome, decided: EntryOutcome)
    case commandRefused(record: UInt64, refusal: CommandRefusal)
    case commandChangedNothing(record: UInt64)
    case malformedEvent(detail: String, record: UInt64)
    /// Something was found out at this place that is not on record.
    case eventMissing(record: UInt64)
    /// Something is on record that does not follow from what was before.
    case eventUnexpected(record: UInt64, recorded: LedgerEvent)
    case eventDiffers(record: UInt64, recorded: LedgerEvent, decided: LedgerEvent)
}
