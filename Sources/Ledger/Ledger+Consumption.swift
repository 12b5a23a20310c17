package import Availability
package import Time

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
