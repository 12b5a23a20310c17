package import Ledger
internal import Time

/// The records beside entries, by the operation that they are about: what dossiers are made from
/// (C15). Such records are rare, so they are kept in memory.
///
/// Measurements are not among them: a step holds the one that it rests on, and the log has all.
package struct EvidenceIndex: Sendable {
    private var recordsByOperation: [String: [EvidenceRecord]] = [:]
    /// The minutes of robots, by operation.
    private var robots: [String: RobotMinutes] = [:]
    /// When the platform was not calm lately.
    private var platform = PlatformSpans()
    /// Records about every operation: policies, the operator's calendar.
    private var common: [EvidenceRecord] = []
    /// The operation of each front-end key and permit, by its identifier.
    private var owners: [String: String] = [:]
    /// The operations of each client: a dossier says the client's name, so a new one concerns them.
    private var operationsByClient: [String: Set<String>] = [:]
    /// The record of each client's suspension: it concerns the operations to come, too.
    private var clientSuspensions: [String: EvidenceRecord] = [:]
    /// Exchanges on record, by client.
    private var exchangesByClient: [String: [EvidenceRecord]] = [:]
    /// Names of operations that were deleted. A name that is given again starts with no records: it
    /// may be another client's (C17).
    private var deleted: Set<String> = []

    /// Names of the export files that preceded resets and deletions (C18).
    package private(set) var exports: Set<String> = []

    package init() {}

    /// Adds a record; records come in the order of the log.
    package mutating func add(_ record: EvidenceRecord) {
        switch record.content {
        case .event(let event):
            if let id = event.operation { recordsByOperation[id, default: []].append(record) }
        case .command(let recorded): add(record, recorded.command)
        }
    }

    private mutating func add(_ record: EvidenceRecord, _ command: AdministrativeCommand) {
        if case .fact(let fact) = command { platform.add(fact, record) }
        switch command {
        case .contract(.setPolicy), .fact(.started(_, .some, _)), .fact(.started(_, _, .some)):
            common.append(record)
        // Counters for a restart: a record a second of a queue that moves.
        case .fact(.queue): return
        // The consumption statement counts them (C15).
        case .fact(.notAccepted): return
        case .fact(.draw(let draw)) where !draw.isOpening: return
        case .fact(.robots(let minute)):
            var kept = record
            kept.platform = platform.during(minute)
            robots[minute.operation, default: RobotMinutes()].add(kept)
            return
        case .contract(.putClient(let client, _)): append(record, toAllOf: client)
        case .client(let command): add(record, command)
        case .operation(.put(let id, let settings, _)):
            if deleted.remove(id) != nil {
                recordsByOperation[id] = nil
                robots[id] = nil
            }
            if operationsByClient[settings.client, default: []].insert(id).inserted {
                addClientSuspension(to: id, of: settings.client, at: record)
            }
        case .operation(.delete(let id, let export)):
            deleted.insert(id)
            for client in operationsByClient.keys { operationsByClient[client]?.remove(id) }
            // What is done with its permits later is nothing to whoever gets the name.
            owners = owners.filter { $0.value != id }
            exports.insert(export.file)
        case .operation(.reset(_, _, let export)): exports.insert(export.file)
        case .person(.export(let trace)): makeRoomForTrace(of: trace.operation)
        case .access(.addKey(let id, let keyID, _, _)): owners[keyID] = id
        case .access(.revokeKey(let keyID, _, _)), .access(.suspectKey(let keyID, _)):
            if let id = owners[keyID] { recordsByOperation[id, default: []].append(record) }
        case .permit(.issue(let permitID, let terms)): owners[permitID] = terms.operation
        case .permit(let command):
            if let id = owners[command.permitID] {
                recordsByOperation[id, default: []].append(record)
            }
        default: break
        }
        if let id = command.operation { recordsByOperation[id, default: []].append(record) }
    }

    private mutating func append(_ record: EvidenceRecord, toAllOf client: String) {
        for id in operationsByClient[client] ?? [] {
            recordsByOperation[id, default: []].append(record)
        }
    }

    private mutating func add(_ record: EvidenceRecord, _ command: ClientCommand) {
        switch command {
        case .suspend(let client, _): clientSuspensions[client] = record
        case .resume(let client, _, _): clientSuspensions[client] = nil
        case .addNote(let client, _, _):
            exchangesByClient[client, default: []].append(record)
        }
        // Of one about an operation, its own records take it in.
        if command.operation == nil { append(record, toAllOf: command.client) }
    }

    /// A new operation of a suspended client is suspended from its creation on.
    private mutating func addClientSuspension(
        to operation: String, of client: String, at creation: EvidenceRecord
    ) {
        guard let record = clientSuspensions[client], case .command(let recorded) = record.content,
            case .client(.suspend(_, let order)) = recorded.command,
            order.until.map({ creation.at < $0 }) ?? true
        else { return }
        recordsByOperation[operation, default: []].append(record)
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

    /// The exchanges with a client that are on record, the oldest first; those about its operations
    /// too.
    package func exchanges(with client: String) -> [EvidenceRecord] {
        exchangesByClient[client] ?? []
    }

    /// All records of the operation, in order; empty if no operation has this name.
    package func records(of operation: String) -> [EvidenceRecord] {
        guard let own = recordsByOperation[operation] else { return [] }
        let minutes = robots[operation]?.records ?? []
        // Not copied where nothing is to be put between them.
        if common.isEmpty, minutes.isEmpty { return own }
        return (own + common + minutes).sorted { $0.sequence < $1.sequence }
    }

    /// The minutes of the operation's robots that are kept, the oldest first: of the last hour all.
    package func robotMinutes(of operation: String) -> [RobotMinute] {
        robots[operation]?.records.compactMap(\.robotMinute) ?? []
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
        var robots: [String: [Minute]]
        var platform: PlatformSpans
        var common: [UInt64]
        var owners: [String: String]
        var clientSuspensions: [String: UInt64]
        var exchangesByClient: [String: [UInt64]]
        var deleted: [String]
        var exports: [String]

        /// A minute of robots, and what it coincides with.
        struct Minute: Codable {
            var record: UInt64
            var platform: [PlatformSpan]
        }
    }

    var contents: Contents {
        Contents(
            recordsByOperation: recordsByOperation.mapValues { $0.map(\.sequence) },
            robots: robots.mapValues { minutes in
                minutes.records.map {
                    Contents.Minute(record: $0.sequence, platform: $0.platform)
                }
            }, platform: platform,
            common: common.map(\.sequence), owners: owners,
            clientSuspensions: clientSuspensions.mapValues(\.sequence),
            exchangesByClient: exchangesByClient.mapValues { $0.map(\.sequence) },
            deleted: deleted.sorted(), exports: exports.sorted())
    }

    /// Every record in it once, in the order of the log.
    var records: [EvidenceRecord] {
        var records: [UInt64: EvidenceRecord] = [:]
        for record in common { records[record.sequence] = record }
        for record in clientSuspensions.values { records[record.sequence] = record }
        let lists = Array(recordsByOperation.values) + Array(exchangesByClient.values)
        for list in lists + robots.values.map(\.records) {
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
        for (operation, minutes) in contents.robots {
            var found = try find(minutes.map(\.record))
            for index in found.indices { found[index].platform = minutes[index].platform }
            robots[operation] = RobotMinutes(found)
        }
        platform = contents.platform
        common = try find(contents.common)
        for (client, number) in contents.clientSuspensions {
            clientSuspensions[client] = try find([number])[0]
        }
        for (client, numbers) in contents.exchangesByClient {
            exchangesByClient[client] = try find(numbers)
        }
        owners = contents.owners
        deleted = Set(contents.deleted)
        exports = Set(contents.exports)
    }
}
