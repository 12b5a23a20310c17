internal import Bytes
package import Time

extension Ledger {
    /// Decides an accepted entry again, and compares the outcome with the record. After the last
    /// record of all comes ``endReplay()``.
    ///
    /// - Parameter time: the time of its batch, which is what ``enter(_:at:)`` was given.
    /// - Throws: ``ReplayError`` if this fold, or the version of the code that wrote the log,
    ///   is not the one that is running; the ledger is not to be used any more.
    package mutating func replay(
        _ record: EntryRecord, at time: Timestamp
    ) throws(ReplayError) {
        try requireSettled(record.command.operation, at: time)
        let expected = EntryOutcome.accepted(entry: record.entry, participant: record.participant)
        let number = records
        let decided = enter(record.command, at: time)
        guard decided == expected else {
            throw .entryDiffers(
                record: number, operation: operationName(record.command.operation),
                recorded: expected, decided: decided)
        }
    }

    /// Carries a recorded command out again.
    /// - Returns: what it changed.
    @discardableResult
    package mutating func replay(
        _ record: AdministrativeRecord, at time: Timestamp
    ) throws(ReplayError) -> Change {
        let touched = dueOperation(touchedBy: record.command, at: time)
        try requireSettled(touched, at: time)
        let number = records
        if case .fact(.level(let level)) = record.command, level > knownLevel {
            throw .levelUnknown(level, known: knownLevel, record: number)
        }
        let change: Change
        do {
            change = try apply(record.command, by: record.author, at: time)
        } catch {
            throw .commandRefused(record: number, refusal: error)
        }
        guard change != .none else { throw .commandChangedNothing(record: number) }
        return change
    }

    /// Compares what the fold found out by itself with the record of it.
    package mutating func replay(
        _ recorded: LedgerEvent, at time: Timestamp
    ) throws(ReplayError) {
        let number = records
        // Which of the operations that are due comes first is for the log to say: an operation that
        // a command touches goes before the others.
        if !hasEvents {
            if let id = recorded.operation {
                if let operation = catalogue.operationIndex(id) { expire(operation, at: time) }
            } else {
                expireService(at: time)
            }
        }
        guard let decided = popFirstEvent() else {
            throw .eventUnexpected(record: number, recorded: recorded)
        }
        guard decided.agrees(with: recorded) else {
            throw .eventDiffers(record: number, recorded: recorded, decided: decided)
        }
    }

    /// The log's end: no event may be left that has no record.
    package func endReplay() throws(ReplayError) {
        if hasEvents { throw .eventMissing(record: records) }
    }

    /// ``anticipate(_:)`` for a record: called for a batch, or for a few dozen records of it,
    /// before they are replayed. Bytes that are no entry's record are left to the replay.
    package func anticipate(kind: UInt8, bytes: RawSpan) {
        guard kind == EntryRecord.kind, let keys = EntryRecord.keys(in: bytes) else { return }
        decider.anticipate(
            operation: keys.operation, participant: keys.participant,
            idempotency: keys.idempotency)
    }

    /// As much of what is due as a batch may begin with comes before anything else, and all that is
    /// due of an operation before a record about it.
    /// - Parameter operation: what the record is about; `nil` if nothing is due of that.
    private func requireSettled(_ operation: UInt32?, at time: Timestamp) throws(ReplayError) {
        if hasEvents { throw .eventMissing(record: records) }
        guard isDue(at: time) else { return }
        if mustExpire(at: time) || operation.map({ isDue($0, at: time) }) ?? false {
            throw .eventMissing(record: records)
        }
    }

    private func operationName(_ index: UInt32) -> String {
        index < catalogue.operations.count ? catalogue.operations[Int(index)].id : "#\(index)"
    }
}

/// Where and how a log differs from what the fold decides. `record` counts the records before this
/// one.
package enum ReplayError: Error, Equatable {
    case unknownKind(UInt8, record: UInt64)
    case malformedEntry(EntryRecordError, record: UInt64)
    case malformedCommand(detail: String, record: UInt64)
    /// The outcome is not the recorded one; `full(.memory)` means that this machine has less
    /// memory.
    case entryDiffers(
        record: UInt64, operation: String, recorded: EntryOutcome, decided: EntryOutcome)
    case commandRefused(record: UInt64, refusal: CommandRefusal)
    case commandChangedNothing(record: UInt64)
    /// From here on there may be records that this version does not know, or decides otherwise.
    case levelUnknown(UInt16, known: UInt16, record: UInt64)
    case malformedEvent(detail: String, record: UInt64)
    /// The fold found out something here that has no record.
    case eventMissing(record: UInt64)
    /// A record does not follow from those before it.
    case eventUnexpected(record: UInt64, recorded: LedgerEvent)
    case eventDiffers(record: UInt64, recorded: LedgerEvent, decided: LedgerEvent)
}
