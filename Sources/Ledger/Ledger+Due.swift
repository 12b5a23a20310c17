package import Availability
package import Contract
package import Time

/// What time brings about: suspensions that end by themselves, incidents that nobody works on in
/// time, force majeure that lasts.
///
/// Thousands may end at one moment. So a batch begins with at most ``LedgerLimits/dueAtOnce`` such
/// events, those due longest first, and the next batch goes on. What a command touches is settled
/// before it is decided: no entry meets a suspension whose time is over. The caller's part:
///
/// ```
/// ledger.beginBatch()
/// while ledger.mustExpire(at: now) { ledger.expire(at: now); record drainEvents() }
/// for each entry and command:
///     while something is due of what it touches { ledger.expire(…); record drainEvents() }
///     decide it; record it, then drainEvents()
/// ```
///
/// A replay demands the same of the records.
extension Ledger {
    /// Whether something has come to its time, and the event is not on record. A few comparisons.
    package func isDue(at time: Timestamp) -> Bool {
        isOperationDue(at: time)
            || catalogue.serviceDue <= time.milliseconds && catalogue.serviceDue < .max
    }

    /// The same of a suspension.
    func isOperationDue(at time: Timestamp) -> Bool {
        due.next <= time.milliseconds && due.next < .max
    }

    /// The same for the operation at this index.
    package func isDue(_ operation: UInt32, at time: Timestamp) -> Bool {
        due.time(of: operation).map { $0 <= time.milliseconds } ?? false
    }

    /// Whether ``expire(at:)`` must be called before anything else of the batch is decided.
    package func mustExpire(at time: Timestamp) -> Bool {
        dueEvents < LedgerLimits.dueAtOnce && isDue(at: time)
    }

    /// When the operation at this index opens, if participants get places before that: its start is
    /// shuffled, and it is open but for the date.
    package func shuffledOpening(of index: UInt32) -> Timestamp? {
        catalogue.operations[Int(index)].shuffledOpening
    }

    /// The counts of the run of the permit at this index; `nil` if there is none.
    package func testCounts(of permit: UInt32) -> OperationCounts? {
        decider.tests.counts(of: permit)
    }

    /// The policy that the ladder acts by.
    package var policy: Policy { catalogue.policy }

    /// Entries within ten seconds from which on an undeclared campaign tag brings a surge.
    package var minimumSourceEntries: Int { catalogue.policy.sourceEntries }

    /// The counts that a command is applied with: of its operation, or of the run that it purges.
    package func counts(for command: AdministrativeCommand) -> OperationCounts? {
        guard case .permit(.purge(let id, _)) = command else {
            return command.operation.flatMap { operationIndex($0) }.flatMap { counts(of: $0) }
        }
        return catalogue.permitIndex(id).flatMap { testCounts(of: $0) }
    }

    /// An operation that the command is about and that something is due of; to be settled by
    /// ``expire(_:at:)`` before the command is decided. `nil` if there is none.
    package func dueOperation(
        touchedBy command: AdministrativeCommand, at time: Timestamp
    ) -> UInt32? {
        guard isDue(at: time) else { return nil }
        if case .fact(.measured(let report)) = command {
            for demand in report.operations.prefix(LedgerLimits.reportedOperations) {
                if let operation = dueOperation(named: demand.operation, at: time) {
                    return operation
                }
            }
            return nil
        }
        return command.operation.flatMap { dueOperation(named: $0, at: time) }
    }

    private func dueOperation(named id: String, at time: Timestamp) -> UInt32? {
        guard let index = catalogue.operationIndex(id), isDue(index, at: time) else { return nil }
        return index
    }
}

/// What operations used by month (C15).
extension Ledger {
    /// What a client's operations used in a month, as far as it is over. Linear in all operations.
    /// - Parameter client: `nil` for all clients.
    package func consumption(
        in month: CivilMonth, by client: String?
    ) -> ConsumptionStatement {
        var rows: [ConsumptionStatement.Row] = []
        for (index, operation) in catalogue.operations.enumerated()
        where client == nil || operation.client == client {
            let used = decider.consumption(of: index, in: month)
            guard !used.isEmpty else { continue }
            rows.append(
                .init(
                    client: operation.client, operation: operation.id, title: operation.title,
                    used: used))
        }
        return ConsumptionStatement(month: month, rows: rows)
    }

    /// Counts what a fact tells of an operation's month.
    mutating func countMonth(of fact: Fact) {
        var used = Consumption()
        let since: Timestamp
        switch fact {
        case .robots(let minute):
            used.robots = UInt64(clamping: minute.robots)
            since = minute.since
        case .notAccepted(let entries):
            used.answers = entries.counts
            since = entries.since
        default: return
        }
        guard let operation = fact.operation.flatMap({ operationIndex($0) }) else { return }
        decider.months.add(used, since: since, of: operation)
    }
}

/// Days that count for themselves.
extension Ledger {
    /// Whether the operation counts by days, and the one of the entry that was decided last ends so
    /// soon.
    package func endsDay(
        of operation: UInt32, within milliseconds: Int64, of time: Timestamp
    ) -> Bool {
        guard decider.operations[Int(operation)].rule == .daily else { return false }
        let rest = decider.operations[Int(operation)].dayEnd - time.milliseconds
        return rest >= 0 && rest <= milliseconds
    }
}
