internal import Bytes
internal import Contract

/// The whole fold as bytes, and back: FORMAT.md, "Snapshots".
///
/// A ledger that is read back decides everything as the one that was written would. Left out is
/// what follows from the rest, and memory that is only kept for later. `SnapshotCoverageTests` has
/// a line for each stored property.
extension Ledger {
    /// Writes the ledger. Between two batches only: what the fold found out is on record then.
    /// - Precondition: there are no events to be taken.
    package func encode(into writer: inout SnapshotWriter) throws {
        precondition(!hasEvents, "a snapshot stands between two batches")
        try writer.writeCounted(try AdministrativeState(self).json())
        writer.append(records)
        writer.append(lastEntry.rawValue)
        writer.append(nextLeaf)
        for entryState in entryStates { entryState.encode(into: &writer) }
        try participants.encode(into: &writer)
        try idempotency.encode(into: &writer)
        try writer.flush()
    }

    /// Reads a ledger.
    /// - Parameter memoryLimitBytes: see ``init(memoryLimitBytes:)``.
    /// - Throws: ``SnapshotError``, and what the source throws.
    package init(from reader: inout SnapshotReader, memoryLimitBytes: Int = .max) throws {
        let json = try reader.readCounted()
        let administrative = try AdministrativeState(json: json.bytes)
        let records: UInt64 = try reader.read()
        let lastEntry: UInt64 = try reader.read()
        let nextLeaf: UInt64 = try reader.read()
        var entryStates: [OperationEntryState] = []
        for operation in administrative.catalogue.operations {
            entryStates.append(try OperationEntryState(operation, from: &reader))
        }
        let participants = try ParticipantTable(from: &reader, memoryLimitBytes: memoryLimitBytes)
        let idempotency = try IdempotencyMemory(from: &reader, memoryLimitBytes: memoryLimitBytes)
        self.init(administrative, participants: participants, idempotency: idempotency)
        self.records = records
        self.lastEntry = EntryNumber(rawValue: lastEntry)
        self.nextLeaf = nextLeaf
        self.entryStates = entryStates
        lookAhead()
    }

    private init(
        _ administrative: AdministrativeState, participants: consuming ParticipantTable,
        idempotency: consuming IdempotencyMemory
    ) {
        self.init()
        self.participants = participants
        self.idempotency = idempotency
        catalogue = administrative.catalogue
        capacityPerSecond = administrative.capacityPerSecond
        for entry in administrative.ladders { ladders[entry.operation] = entry.ladder }
        keyStates = catalogue.keys.map {
            KeyState(operation: $0.operation, isRevoked: $0.revokedAt != nil)
        }
    }
}
