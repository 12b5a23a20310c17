internal import Bytes
internal import Contract
package import Time

/// The one fold of the gateway: commands and their time in, outcomes out.
///
/// No clock, no randomness, no I/O: time is an argument, and the same commands at the same times
/// give the same state and the same outcomes on every machine. Recovery, audit and simulation are
/// this fold again, see ``replay(_:at:)``. So `at` must be the time that a reader of the log has:
/// all commands of a batch get the batch's time, and it does not go backwards.
///
/// Owned by one thread, the sequencer's.
package struct Ledger: ~Copyable {
    package private(set) var catalogue = Catalogue()
    /// Commands and events that changed the state: as many records as the log holds of it.
    package private(set) var records: UInt64 = 0
    /// Decides entries by what the catalogue says.
    var decider: EntryDecider
    /// The ladders of the operations, moved by what is measured.
    private(set) var ladders = OperationLadders()
    /// What the fold found out and ``drainEvents()`` has not returned yet, in order.
    private(set) var events: [LedgerEvent] = []
    /// When suspensions end by themselves, by operation.
    private(set) var due = DueQueue()
    /// The operations by client, and what they may bring together.
    private var clientShares = ClientShares()
    /// Events that time brought about in the batch that is being decided.
    private(set) var dueEvents = 0
    /// The ``FormatLevel`` that this fold knows; a replay ends where a higher one begins.
    package var knownLevel = FormatLevel.current
    private let inPlace = InPlace()

    /// - Parameter memoryLimitBytes: the most that each of the tables may take; beyond it the
    ///   outcome of entries is `full(.memory)`.
    package init(memoryLimitBytes: Int = .max) {
        decider = EntryDecider(memoryLimitBytes: memoryLimitBytes)
    }

    /// A ledger in the state that a snapshot holds.
    init(
        _ catalogue: Catalogue, _ ladders: OperationLadders, _ decider: consuming EntryDecider,
        records: UInt64
    ) {
        self.catalogue = catalogue
        self.ladders = ladders
        self.decider = decider
        self.records = records
        for index in catalogue.operations.indices { updateDue(of: UInt32(index)) }
        clientShares = ClientShares(catalogue, self.decider.operations)
    }

    // MARK: Reading

    /// The number given last.
    package var lastEntry: EntryNumber { decider.lastEntry }
    /// Above every leaf that an entry on record is sealed under: none below is ever used again.
    package var nextLeaf: UInt64 { decider.nextLeaf }

    /// Bytes of the tables that grow with entries.
    package var memoryBytes: Int { decider.memoryBytes }

    /// The counts of the operation at this index; `nil` if there is none.
    package func counts(of operation: UInt32) -> OperationCounts? {
        guard operation < decider.operations.count else { return nil }
        let state = decider.operations[Int(operation)]
        return OperationCounts(
            entries: state.entries, participants: state.participants, robots: state.robots,
            tests: state.tests)
    }

    // In place of the catalogue where the sequencer decides: a catalogue that is returned is
    // copied, some ten references each time.

    /// The index of the operation that has this name now.
    package func operationIndex(_ id: String) -> UInt32? { catalogue.operationIndex(id) }

    /// The pace of the operation at this index, a person's or the ladder's; `nil` for none.
    package func perSecond(of operation: UInt32) -> UInt32? {
        catalogue.operations[Int(operation)].perSecond
    }

    /// Whether the pace of the operation at this index is the ladder's.
    package func isHeldToPace(_ operation: UInt32) -> Bool {
        guard case .smoothed(let pace) = catalogue.operations[Int(operation)].enforcedRung
        else { return false }
        return perSecond(of: operation) == pace
    }

    /// The operation at this index by its name, which may be another's by now.
    package func operationID(_ operation: UInt32) -> String {
        catalogue.operations[Int(operation)].id
    }

    /// Whether the operation at this index is suspended, by a person or by the ladder.
    package func isSuspended(_ operation: UInt32) -> Bool {
        catalogue.operations[Int(operation)].state == .suspended
    }

    /// What is on record of the operation's queue.
    package func recordedQueue(of operation: UInt32) -> RecordedQueue {
        catalogue.operations[Int(operation)].queue
    }

    // MARK: Entries

    /// Decides one entry. Constant time; allocates only where a table grows.
    ///
    /// In this order:
    /// 1. the key: unknown, revoked; the operation: unknown, not the key's;
    /// 2. the idempotency key: an entry accepted under it in the last 24 hours is the outcome
    ///    again, whatever the operation's state is by now, because the sender is still owed the
    ///    answer to a request that was carried out. Another request under the same key is refused.
    ///    Only accepted entries are remembered: a refusal changes nothing, and asking again is
    ///    harmless;
    /// 3. whether the entry was sent under the settings that its fingerprints depend on; the
    ///    operation's state, then its dates;
    /// 4. age and consents, together (C24), and a challenge that is not good for it, if one came;
    /// 5. the rule. An entry that it repeats is answered so though its challenge is used or has
    ///    expired: it may have been sent again;
    /// 6. the cap, then the limit of the second key (C25).
    ///
    /// A robot or a test (``EntryCommand/countedAs``) that is accepted counts apart: it is
    /// participant 0, fills no cap, and makes no person's entry a repeated one.
    package mutating func enter(_ command: EntryCommand, at time: Timestamp) -> EntryOutcome {
        let outcome = decider.decide(command, at: time)
        guard case .accepted(_, let participant) = outcome else { return outcome }
        records &+= 1
        // The number of a test entry is one of its run.
        if !command.isTest,
            UInt64(participant) >= decider.operations[Int(command.operation)].mark
        {
            emitCoverReached(of: command.operation, at: time)
            settleClient(of: command.operation, at: time)
        }
        return outcome
    }

    /// The refusal that ``enter(_:at:)`` would give a new entry; `nil` if it would accept it.
    package mutating func refusal(
        of command: EntryCommand, at time: Timestamp
    ) -> EntryOutcome? {
        decider.refusal(of: command, at: time)
    }

    /// The outcome that ``enter(_:at:)`` would repeat, without deciding anything: the first entry
    /// under the idempotency key, or the one that the rule allows. `nil` if the entry would be new.
    package mutating func earlier(_ command: EntryCommand, at time: Timestamp) -> EntryOutcome? {
        decider.earlier(command, at: time)
    }

    /// Whether accepting this entry would put a key into a table that grows with entries. Decides
    /// nothing: whoever has no memory left asks before ``enter(_:at:)``, so that no outcome depends
    /// on the memory of a machine.
    package mutating func takesMemory(_ command: EntryCommand, at time: Timestamp) -> Bool {
        decider.takesMemory(command, at: time)
    }

    /// Releases some of the memory that no outcome depends on any more. Called where the tables are
    /// full: else memory is released as entries come.
    package mutating func releaseMemory(at time: Timestamp) { decider.release(at: time) }

    /// Prefetches the memory that deciding this entry will read, and does not wait for it. Changes
    /// nothing, and may be called with anything.
    ///
    /// At ten million participants an entry's slot is not in the cache, and each decision waits
    /// some 250 ns for it. Called for the entries to come, a dozen or a whole batch ahead, their
    /// waits overlap. Mutating, so that the call works on the ledger in place and not on a copy.
    package mutating func anticipate(_ command: EntryCommand) {
        decider.anticipate(
            operation: command.operation, participant: command.participant,
            idempotency: command.idempotency)
    }

    // MARK: Administrative commands

    /// Carries an administrative command out, or says why not and changes nothing.
    /// ``Change/none`` need not be recorded, and must not be: a replay would report it as damage.
    /// The events that follow from it are in ``drainEvents()``, to be recorded behind it.
    package mutating func apply(
        _ command: AdministrativeCommand, by author: Author, at time: Timestamp
    ) throws(CommandRefusal) -> Change {
        let change = try catalogue.apply(
            command, by: author, at: time, counts: counts(for: command))
        switch change {
        case .none: return change
        case .operationAdded(let index):
            decider.add(catalogue.operations[Int(index)])
            // Its client's suspension may have an end.
            updateDue(of: index)
            clientShares.add(index, of: catalogue.operations[Int(index)].client)
        case .operationChanged(let index), .operationOpened(let index), .operationClosed(let index):
            updateOperation(index)
            settleClient(of: index, at: time)
        case .ladderChanged(let index):
            ladders.restart(index)
            updateOperation(index)
            settleClient(of: index, at: time)
        case .declarationsChanged(let index):
            decider.update(index, from: catalogue.operations[Int(index)])
            emitCoverReached(of: index, at: time)
            settleClient(of: index, at: time)
        case .standingChanged(let index):
            // An operator's decision restarts the ladder; a client's is not about it.
            if case .operation(.resume) = command, author.role != .client {
                ladders.restart(index)
            }
            updateOperation(index)
        case .clientStandingChanged(let client):
            for index in catalogue.operations(ofClient: client) { updateOperation(index) }
        case .operationReset(let index, let successor):
            decider.add(catalogue.operations[Int(successor)])
            for key in catalogue.operations[Int(successor)].keys {
                decider.moveKey(key, to: successor)
            }
            ladders.restart(index)
            updateOperation(index)
            // A suspension goes on under the new index.
            updateDue(of: successor)
            let client = catalogue.operations[Int(index)].client
            clientShares.remove(index, of: client, &decider.operations)
            clientShares.add(successor, of: client)
            settleClient(of: successor, at: time)
        case .operationDeleted(let index):
            for key in catalogue.operations[Int(index)].keys { decider.revokeKey(key) }
            ladders.restart(index)
            updateOperation(index)
            let client = catalogue.operations[Int(index)].client
            clientShares.remove(index, of: client, &decider.operations)
            settleClient(of: index, at: time)
        case .keyAdded(let index): decider.addKey(of: catalogue.keys[Int(index)].operation)
        case .keyRevoked(let index): decider.revokeKey(index)
        case .permitIssued(let index): decider.tests.add(catalogue.permits[Int(index)])
        case .permitRevoked(let index): decider.tests.revoke(index)
        case .permitPurged(let index): decider.purgeRun(of: index)
        case .recorded:
            if case .fact(.measured(let report)) = command {
                settleClients(of: report, at: time)
                climb(report, at: time)
            } else if case .fact(let fact) = command {
                countMonth(of: fact)
            }
        case .started:
            // Nothing was measured while there was no process.
            ladders.interrupt()
            decider.months.setLocalTime(
                catalogue.calendar.localTime, at: time, decider.operations)
        case .clientAdded, .clientChanged, .policyChanged, .keySuspected, .tokenAdded,
            .tokenRevoked, .tokenSuspected, .tokenRenewed:
            break
        }
        records &+= 1
        return change
    }

    /// Passes a change of the operation on to the decider, and to what is due.
    private mutating func updateOperation(_ index: UInt32) {
        decider.update(index, from: catalogue.operations[Int(index)])
        updateDue(of: index)
    }

    private mutating func updateDue(of index: UInt32) {
        due.set(index, to: catalogue.operations[Int(index)].due?.milliseconds)
    }

    // MARK: What time brings about

    /// Begins a batch: a bounded number of events that time brings about comes first, see
    /// `Ledger+Due.swift`.
    package mutating func beginBatch() { dueEvents = 0 }

    /// Emits what is due: the end of the suspension that is due longest, or else of the service.
    package mutating func expire(at time: Timestamp) {
        guard isOperationDue(at: time), let operation = due.first else {
            return expireService(at: time)
        }
        expire(operation, at: time)
    }

    /// Emits the first that is due of the service, if anything is.
    mutating func expireService(at time: Timestamp) {
        guard let event = catalogue.serviceEvent(at: time) else { return }
        dueEvents += 1
        emit(event, at: time)
    }

    /// Ends a suspension of the operation at this index, if its time is over, and emits the event.
    /// A person's, its client's and the ladder's may all be due: three calls.
    package mutating func expire(_ index: UInt32, at time: Timestamp) {
        guard isDue(index, at: time) else { return }
        dueEvents += 1
        if let ended = catalogue.operations[Int(index)].endedSuspension(at: time) {
            emit(ended, at: time)
        } else {
            apply(.resume(.expired), of: index, nil, at: time)
        }
    }

    // MARK: The ladder

    /// Applies a report, and every step that it requires.
    private mutating func climb(_ report: PressureReport, at time: Timestamp) {
        ladders.sample(report, catalogue, at: time)
        let demand = ladders.demand(report, catalogue, at: time)
        var steps = 0
        for index in ladders.subjects(of: demand) where steps < LedgerLimits.stepsAtOnce {
            // The end of its suspension comes first, and by itself.
            if isDue(index, at: time) { continue }
            guard let step = ladders.step(of: index, demand, catalogue, at: time) else { continue }
            apply(step, of: index, report, at: time)
            steps += 1
        }
    }

    private mutating func apply(
        _ step: Ladder.Step, of index: UInt32, _ report: PressureReport?, at time: Timestamp
    ) {
        let event = LadderStep(
            step, of: catalogue.operations[Int(index)], ladders.byOperation[index] ?? Ladder(),
            capacityPerSecond: ladders.capacityPerSecond,
            participants: decider.operations[Int(index)].participants, report: report, at: time)
        ladders.apply(step, of: index, isEnforced: event.isEnforced, at: time)
        emit(.step(event), at: time)
    }

    // MARK: Events

    /// What was found out since the last call, in order; to be recorded behind the record that
    /// caused it.
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

    private mutating func emit(_ event: LedgerEvent, at time: Timestamp) {
        if let index = catalogue.apply(event, at: time) { updateOperation(index) }
        events.append(event)
        records &+= 1
    }

    /// Looks at what a client's operations have together, where one of them has reached its mark or
    /// has changed; emits what follows from it.
    /// - Parameter index: a retired one counts no longer; another of the client's stands in an
    ///   event then.
    private mutating func settleClient(of index: UInt32, at time: Timestamp) {
        let client = catalogue.operations[Int(index)].client
        guard
            let cover = clientShares.settle(index, of: client, &decider.operations, at: time)
        else { return }
        let members = clientShares.members(of: client)
        let subject = members.contains(index) ? index : members.first
        if let subject, clientShares.isNews(cover, of: client, decider.operations, at: time) {
            let crossing = ClientCrossing(
                operation: catalogue.operations[Int(subject)].id, client: client,
                operations: cover.operations, participants: cover.participants,
                cover: cover.allowed)
            emit(cover.isCrossed ? .clientCrossed(crossing) : .clientWithin(crossing), at: time)
            for member in members {
                decider.update(member, from: catalogue.operations[Int(member)])
            }
        }
        clientShares.share(cover, of: client, &decider.operations, at: time)
    }

    /// The same for the operations that a report names, where they are beyond what is free
    /// together: that may have ended with an operation's dates.
    private mutating func settleClients(of report: PressureReport, at time: Timestamp) {
        for demand in report.operations {
            guard let index = catalogue.operationIndex(demand.operation),
                decider.operations[Int(index)].isCrossedTogether
            else { continue }
            settleClient(of: index, at: time)
        }
    }

    /// Emits how far the participants have come towards the cover, where they have come further.
    private mutating func emitCoverReached(of index: UInt32, at time: Timestamp) {
        let participants = decider.operations[Int(index)].participants
        while true {
            let operation = catalogue.operations[Int(index)]
            guard UInt64(participants) >= operation.traffic.participantsMark else { return }
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
