internal import Ledger

/// The records beside entries, by the operation that they are about: what dossiers are made from
/// (C15). Such records are rare, so they are kept in memory.
///
/// Measurements are not among them: a step holds the one that it rests on, and the log has all.
package struct EvidenceIndex: Sendable {
    private var recordsByOperation: [String: [EvidenceRecord]] = [:]
    /// Records about every operation: the policies.
    private var common: [EvidenceRecord] = []
    /// The operation of each front-end key, by the key's identifier.
    private var owners: [String: String] = [:]
    /// The operations of each client: a dossier says the client's name, so a new one concerns them.
    private var operationsByClient: [String: Set<String>] = [:]
    /// Names of operations that were deleted. A name that is given again starts with no records: it
    /// may be another client's (C17).
    private var deleted: Set<String> = []

    /// Names of the export files that preceded resets and deletions (C18).
    package private(set) var exports: Set<String> = []

    package init() {}

    /// Adds a record; records come in the order of the log.
    package mutating func add(_ record: EvidenceRecord) {
        switch record.content {
        case .event(let event): recordsByOperation[event.operation, default: []].append(record)
        case .command(let recorded): add(record, recorded.command)
        }
    }

    private mutating func add(_ record: EvidenceRecord, _ command: AdministrativeCommand) {
        switch command {
        case .contract(.setPolicy), .fact(.started(_, .some)): common.append(record)
        case .contract(.putClient(let client, _)):
            for id in operationsByClient[client] ?? [] {
                recordsByOperation[id, default: []].append(record)
            }
        case .operation(.put(let id, let settings, _)):
            if deleted.remove(id) != nil { recordsByOperation[id] = nil }
            operationsByClient[settings.client, default: []].insert(id)
        case .operation(.delete(let id, let export)):
            deleted.insert(id)
            for client in operationsByClient.keys { operationsByClient[client]?.remove(id) }
            exports.insert(export.file)
        case .operation(.reset(_, _, let export)): exports.insert(export.file)
        case .person(.export(let trace)): makeRoomForTrace(of: trace.operation)
        case .access(.addKey(let id, let keyID, _)): owners[keyID] = id
        case .access(.revokeKey(let keyID, _, _)), .access(.suspectKey(let keyID, _)):
            if let id = owners[keyID] { recordsByOperation[id, default: []].append(record) }
        default: break
        }
        if let id = command.operation { recordsByOperation[id, default: []].append(record) }
    }

    /// A client exports as often as it likes, so an operation keeps its last traces alone; the log
    /// has all of them.
    private mutating func makeRoomForTrace(of operation: String) {
        guard let records = recordsByOperation[operation] else { return }
        let traces = records.indices.filter { records[$0].isTrace }
        guard traces.count >= Self.maximumTraces else { return }
        recordsByOperation[operation]?.remove(at: traces[0])
    }

    /// Traces of access that an operation's dossier has at most.
    package static var maximumTraces: Int { 100 }

    /// All records of the operation, in order; empty if no operation has this name.
    package func records(of operation: String) -> [EvidenceRecord] {
        guard let own = recordsByOperation[operation] else { return [] }
        // Not copied where nothing is to be put between them.
        if common.isEmpty { return own }
        return (own + common).sorted { $0.sequence < $1.sequence }
    }

    /// Finds the operation's client in its records.
    private mutating func addOwner(of operation: String) {
        for record in recordsByOperation[operation] ?? [] {
            if case .command(let recorded) = record.content,
                case .operation(.put(operation, let settings, _)) = recorded.command
            {
                operationsByClient[settings.client, default: []].insert(operation)
                return
            }
        }
    }

    // MARK: Snapshots

    /// The index without its records, which are named by their numbers.
    struct Contents: Codable {
        var recordsByOperation: [String: [UInt64]]
        var common: [UInt64]
        var owners: [String: String]
        var deleted: [String]
        var exports: [String]
    }

    var contents: Contents {
        Contents(
            recordsByOperation: recordsByOperation.mapValues { $0.map(\.sequence) },
            common: common.map(\.sequence), owners: owners, deleted: deleted.sorted(),
            exports: exports.sorted())
    }

    /// Every record in it once, in the order of the log.
    var records: [EvidenceRecord] {
        var records: [UInt64: EvidenceRecord] = [:]
        for record in common { records[record.sequence] = record }
        for list in recordsByOperation.values {
            for record in list { records[record.sequence] = record }
        }
        return records.values.sorted { $0.sequence < $1.sequence }
    }

    /// - Throws: ``SnapshotError`` where the contents name a record that is not there.
    init(_ contents: Contents, records: [UInt64: EvidenceRecord]) throws(SnapshotError) {
        func find(_ numbers: [UInt64]) throws(SnapshotError) -> [EvidenceRecord] {
            var found: [EvidenceRecord] = []
            for number in numbers {
                guard let record = records[number] else {
                    throw .malformed("record \(number) is missing in the evidence")
                }
                found.append(record)
            }
            return found
        }
        for (operation, numbers) in contents.recordsByOperation {
            recordsByOperation[operation] = try find(numbers)
            if !contents.deleted.contains(operation) { addOwner(of: operation) }
        }
        common = try find(contents.common)
        owners = contents.owners
        deleted = Set(contents.deleted)
        exports = Set(contents.exports)
    }
}
