package import Contract
package import Ledger
package import Log
package import Time

/// The recorded days once more under another policy: what the ladder would have done.
///
/// Everything is decided again in the order of the log: entries, what people did, and what was
/// measured. Nothing is compared, for decisions may come out otherwise. What was measured stays as
/// it was: that a measure taken earlier would have taken the strain away is not on record, and is
/// not made up. Nor are entries that were turned away.
package struct PolicyPlayback: ~Copyable {
    package struct Step: Equatable, Sendable {
        package let step: LadderStep
        package let at: Timestamp
    }

    /// What the ladder did.
    package private(set) var recorded: [Step] = []
    /// What it does under the policy.
    package private(set) var steps: [Step] = []
    /// Entries that were accepted and are not any more, by operation.
    package private(set) var turnedAway: [String: Int] = [:]
    private var ledger = Ledger()
    private let policy: Policy
    private var isFirst = true

    package init(_ policy: Policy) {
        self.policy = policy
    }

    /// Decides a batch again.
    /// - Throws: ``PlaybackError`` where a record cannot be understood.
    package mutating func play(_ batch: borrowing LogBatch) throws(PlaybackError) {
        begin(at: batch.header.time)
        try batch.play { record throws(PlaybackError) in
            switch record.content {
            case .entry(let entry): enter(entry.command, at: record.time)
            case .event(.step(let step)): recorded.append(Step(step: step, at: record.time))
            case .event: break
            case .command(let command): replay(command, at: record.time)
            case .unreadable(let error):
                throw PlaybackError(sequence: record.sequence, reason: error)
            }
        }
    }

    /// What is due comes first, as much of it as a batch may begin with.
    private mutating func begin(at time: Timestamp) {
        if isFirst {
            isFirst = false
            apply(.contract(.setPolicy(policy)), by: .gateway, at: time)
        }
        ledger.beginBatch()
        while ledger.mustExpire(at: time) {
            ledger.expire(at: time)
            collect(at: time)
        }
    }

    /// What is due of an operation comes before what touches it.
    private mutating func settle(_ operation: UInt32, at time: Timestamp) {
        while ledger.isDue(operation, at: time) {
            ledger.expire(operation, at: time)
            collect(at: time)
        }
    }

    private mutating func enter(_ command: EntryCommand, at time: Timestamp) {
        settle(command.operation, at: time)
        switch ledger.enter(command, at: time) {
        case .accepted: break
        default:
            let operations = ledger.catalogue.operations
            guard command.operation < operations.count else { return }
            turnedAway[operations[Int(command.operation)].id, default: 0] += 1
        }
        collect(at: time)
    }

    /// Every command but those that bring a policy.
    private mutating func replay(_ record: AdministrativeRecord, at time: Timestamp) {
        switch record.command {
        case .contract(.setPolicy): break
        case .fact(.started(let version, .some, let calendar)):
            apply(
                .fact(.started(version: version, calendar: calendar)), by: record.author, at: time)
        default: apply(record.command, by: record.author, at: time)
        }
    }

    private mutating func apply(
        _ command: AdministrativeCommand, by author: Author, at time: Timestamp
    ) {
        while let operation = ledger.dueOperation(touchedBy: command, at: time) {
            settle(operation, at: time)
        }
        // What was carried out then may be refused now: the operation stands elsewhere.
        _ = try? ledger.apply(command, by: author, at: time)
        collect(at: time)
    }

    private mutating func collect(at time: Timestamp) {
        guard ledger.hasEvents else { return }
        for case .step(let step) in ledger.drainEvents() {
            steps.append(Step(step: step, at: time))
        }
    }
}
