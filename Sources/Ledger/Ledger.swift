internal import Bytes
import Contract
package import Time

/// The one fold of the gateway: commands and their time in, outcomes out.
///
/// No clock, no randomness, no I/O: time is an argument, and the same commands at the same times
/// give the same state and the same outcomes on every machine. Recovery, audit and simulation are
/// this fold again, see ``replay(_:at:)``. So `at` must be what the log tells when it
/// is read: all commands of a batch are given the time of the batch, and it does not go backwards.
///
/// Owned by one thread, the sequencer's.
package struct Ledger: ~Copyable {
    package internal(set) var catalogue = Catalogue()
    /// Commands that changed the state: as many records as the log holds of it.
    package internal(set) var records: UInt64 = 0
    /// The number given last.
    package internal(set) var lastEntry = EntryNumber(rawValue: 0)
    /// Above every leaf that an entry on record is sealed under: none below is ever used again.
    package internal(set) var nextLeaf: UInt64 = 0

    /// What an entry needs to know of its operation and its key; by the catalogue's indices.
    var entryStates: [OperationEntryState] = []
    var keyStates: [KeyState] = []
    /// What the ladder remembers of the operations that it has seen strained; by their index.
    var ladders: [UInt32: Ladder] = [:]
    /// Entries a second that were accepted under strain, the most that was seen since it began.
    var capacityPerSecond: Int?
    /// What was found out and not taken by ``drainEvents()`` yet, in order.
    private(set) var events: [LedgerEvent] = []
    /// When the next thing comes to its time by itself, in milliseconds; the end of the range if
    /// nothing will.
    private(set) var due: Int64 = .max
    var participants: ParticipantTable
    var idempotency: IdempotencyMemory
    private let inPlace = InPlace()

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
        guard operation < entryStates.count else { return nil }
        let entryState = entryStates[Int(operation)]
        return OperationCounts(entries: entryState.entries, participants: entryState.participants)
    }

    /// Carries an administrative command out, or says why not and changes nothing.
    /// ``Change/none`` need not be recorded, and must not be: a replay would take it for damage.
    /// What follows from it by itself is to be taken by ``drainEvents()``, and recorded behind it.
    package mutating func apply(
        _ command: AdministrativeCommand, by author: Author, at time: Timestamp
    ) throws(CommandRefusal) -> Change {
        let subject = command.operation.flatMap { catalogue.operationIndex($0) }
        let change = try catalogue.apply(
            command, by: author, at: time, counts: subject.flatMap { counts(of: $0) })
        switch change {
        case .none: return change
        case .operationAdded(let index):
            entryStates.append(OperationEntryState(catalogue.operations[Int(index)]))
        case .operationChanged(let index), .operationOpened(let index), .operationClosed(let index):
            entryStates[Int(index)].update(from: catalogue.operations[Int(index)])
            lookAhead()
        case .ladderChanged(let index):
            entryStates[Int(index)].update(from: catalogue.operations[Int(index)])
            ladders[index] = nil
            lookAhead()
        case .declarationsChanged(let index):
            entryStates[Int(index)].update(from: catalogue.operations[Int(index)])
            reachMark(of: index, at: time)
        case .standingChanged(let index):
            // What a person decided starts the ladder anew.
            if case .operation(.resume) = command { ladders[index] = nil }
            entryStates[Int(index)].update(from: catalogue.operations[Int(index)])
            lookAhead()
        case .operationReset(let index, let successor):
            entryStates[Int(index)].update(from: catalogue.operations[Int(index)])
            entryStates.append(OperationEntryState(catalogue.operations[Int(successor)]))
            for key in catalogue.operations[Int(successor)].keys {
                keyStates[Int(key)].operation = successor
            }
            ladders[index] = nil
            lookAhead()
        case .operationDeleted(let index):
            entryStates[Int(index)].update(from: catalogue.operations[Int(index)])
            for key in catalogue.operations[Int(index)].keys {
                keyStates[Int(key)].isRevoked = true
            }
            ladders[index] = nil
            lookAhead()
        case .keyAdded(let index):
            keyStates.append(KeyState(operation: catalogue.keys[Int(index)].operation))
        case .keyRevoked(let index):
            keyStates[Int(index)].isRevoked = true
        case .recorded:
            if case .fact(.measured(let report)) = command { climb(report, at: time) }
        case .started:
            // Nobody measured while there was no process.
            for index in ladders.keys { ladders[index]?.interrupt() }
        case .clientAdded, .clientChanged, .policyChanged, .tokenAdded, .tokenRevoked:
            break
        }
        records &+= 1
        return change
    }

    // MARK: Events

    /// What was found out since the last call, in order; to be recorded behind the record that
    /// brought it about.
    package mutating func drainEvents() -> [LedgerEvent] {
        if events.isEmpty { return [] }
        defer { events.removeAll(keepingCapacity: true) }
        return events
    }

    /// Whether something was found out.
    package var hasEvents: Bool { !events.isEmpty }

    /// The first of ``drainEvents()``, alone.
    mutating func popFirstEvent() -> LedgerEvent? {
        events.isEmpty ? nil : events.removeFirst()
    }

    mutating func emit(_ event: LedgerEvent, at time: Timestamp) {
        if let index = catalogue.apply(event, at: time) {
            entryStates[Int(index)].update(from: catalogue.operations[Int(index)])
        }
        events.append(event)
        records &+= 1
        switch event {
        case .coverNear, .coverCrossed: break
        case .step, .suspensionEnded: lookAhead()
        }
    }

    mutating func lookAhead() {
        due = catalogue.operations.lazy.compactMap { $0.due?.milliseconds }.min() ?? .max
    }

    /// Says how far the participants have come towards the cover, where they have come further.
    mutating func reachMark(of index: UInt32, at time: Timestamp) {
        let participants = entryStates[Int(index)].participants
        while UInt64(participants) >= entryStates[Int(index)].mark {
            let operation = catalogue.operations[Int(index)]
            let cover = operation.cover.participants
            emit(
                operation.cover.holds(participants)
                    ? .coverNear(
                        operation: operation.id, participants: participants, cover: cover)
                    : .coverCrossed(
                        operation: operation.id, participants: participants, cover: cover),
                at: time)
        }
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
