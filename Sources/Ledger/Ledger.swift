package import Bytes

/// The one fold of the gateway: commands and their time in, outcomes out.
///
/// No clock, no randomness, no I/O: time is an argument, and the same commands at the same times
/// give the same state and the same outcomes on every machine. Recovery, audit and simulation are
/// this fold again, see ``replay(kind:bytes:at:)``. So `at` must be what the journal tells when it
/// is read: all commands of a batch are given the time of the batch, and it does not go backwards.
///
/// Owned by one thread, the sequencer's.
package struct Ledger: ~Copyable {
    package internal(set) var catalogue = Catalogue()
    /// Commands that changed the state: as many records as the journal holds of it.
    package internal(set) var records: UInt64 = 0
    /// The number given last.
    package internal(set) var lastEntry = EntryNumber(rawValue: 0)

    /// What an entry needs to know of its operation and its key; by the catalogue's indices.
    var desks: [EntryDesk] = []
    var passes: [KeyPass] = []
    var participants: ParticipantTable
    var idempotency: IdempotencyMemory

    /// - Parameter memoryLimitBytes: what each of the tables may take at most; beyond it entries
    ///   are answered with `full(.memory)`.
    package init(memoryLimitBytes: Int = .max) {
        participants = ParticipantTable(memoryLimitBytes: memoryLimitBytes)
        idempotency = IdempotencyMemory(memoryLimitBytes: memoryLimitBytes)
    }

    /// Bytes of the tables that grow with entries.
    package var memoryBytes: Int { participants.memoryBytes + idempotency.memoryBytes }

    /// What was counted for the operation at this index; `nil` if there is none.
    package func counts(of operation: UInt32) -> OperationCounts? {
        guard operation < desks.count else { return nil }
        let desk = desks[Int(operation)]
        return OperationCounts(entries: desk.entries, participants: desk.participants)
    }

    /// Carries an administrative command out, or says why not and changes nothing.
    /// ``Change/none`` need not be journaled, and must not be: a replay would take it for damage.
    package mutating func apply(
        _ command: AdministrativeCommand, at time: Timestamp
    ) throws(Refusal) -> Change {
        let change = try catalogue.apply(command, at: time, hasEntries: hasEntries(command))
        switch change {
        case .none: return change
        case .operationAdded(let index):
            desks.append(EntryDesk(catalogue.operations[Int(index)]))
        case .operationChanged(let index), .operationOpened(let index), .operationClosed(let index):
            desks[Int(index)].follow(catalogue.operations[Int(index)])
        case .keyAdded(let index):
            passes.append(KeyPass(operation: catalogue.keys[Int(index)].operation))
        case .keyRevoked(let index):
            passes[Int(index)].isRevoked = true
        case .clientAdded, .clientChanged, .started: break
        }
        records &+= 1
        return change
    }

    private func hasEntries(_ command: AdministrativeCommand) -> Bool {
        guard case .putOperation(let id, _, _) = command else { return false }
        guard let index = catalogue.operationIndex(id) else { return false }
        return desks[Int(index)].entries > 0
    }
}

/// What was counted for one operation.
package struct OperationCounts: Equatable, Sendable, BitwiseCopyable {
    /// Entries accepted.
    package var entries: UInt64
    /// Persons with at least one entry.
    package var participants: UInt32

    package init(entries: UInt64, participants: UInt32) {
        self.entries = entries
        self.participants = participants
    }
}
