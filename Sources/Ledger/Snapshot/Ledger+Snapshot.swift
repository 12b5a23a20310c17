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
        try decider.encode(into: &writer)
        try writer.flush()
    }

    /// Reads a ledger.
    /// - Parameter memoryLimitBytes: see ``init(memoryLimitBytes:)``.
    /// - Throws: ``SnapshotError``, and what the source throws.
    package init(from reader: inout SnapshotReader, memoryLimitBytes: Int = .max) throws {
        let json = try reader.readCounted()
        let administrative = try AdministrativeState(json: json.bytes)
        let level = administrative.catalogue.level
        guard level <= FormatLevel.current else {
            throw SnapshotError.malformed("format level \(level), of a later version")
        }
        let records: UInt64 = try reader.read()
        let decider = try EntryDecider(
            of: administrative.catalogue, from: &reader, memoryLimitBytes: memoryLimitBytes)
        self.init(
            administrative.catalogue, administrative.operationLadders, decider, records: records)
    }
}
