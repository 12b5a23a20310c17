internal import Ledger

/// What is on record beside entries, sorted by the operation that it is about: what dossiers are
/// made from (C15). Such records are rare, so they are kept in memory.
///
/// What was measured is not among them: a step says what it rests on, and the log has it all.
package struct EvidenceIndex: Sendable {
    private var recordsByOperation: [String: [EvidenceRecord]] = [:]
    /// What is about every operation: the policy in force.
    private var common: [EvidenceRecord] = []
    /// Whose a front-end key is, by its identifier.
    private var owners: [String: String] = [:]
    /// Names of operations that were deleted. One that is given again has a file of its own: it may
    /// be another client's (C17).
    private var deleted: Set<String> = []

    /// Names of the files that resets and deletions were preceded by (C18).
    package private(set) var exports: Set<String> = []

    package init() {}

    /// Files a record; they come in the order of the log.
    package mutating func add(_ record: EvidenceRecord) {
        switch record.content {
        case .event(let event): recordsByOperation[event.operation, default: []].append(record)
        case .command(let recorded): add(record, recorded.command)
        }
    }

    private mutating func add(_ record: EvidenceRecord, _ command: AdministrativeCommand) {
        switch command {
        case .setPolicy: common.append(record)
        case .putOperation(let id, _, _):
            if deleted.remove(id) != nil { recordsByOperation[id] = nil }
        case .deleteOperation(let id, let export):
            deleted.insert(id)
            exports.insert(export.file)
        case .resetOperation(_, _, let export): exports.insert(export.file)
        case .addKey(let id, let keyID, _): owners[keyID] = id
        case .revokeKey(let keyID, _):
            if let id = owners[keyID] { recordsByOperation[id, default: []].append(record) }
        default: break
        }
        if let id = command.operation { recordsByOperation[id, default: []].append(record) }
    }

    /// All that is on record of the operation, in order; empty if there is none of this name.
    package func records(of operation: String) -> [EvidenceRecord] {
        guard let own = recordsByOperation[operation] else { return [] }
        return (own + common).sorted { $0.sequence < $1.sequence }
    }
}
