package import Time

/// What operations used in a month (C15): entries, participants, robots, answers.
package struct ConsumptionStatement: Equatable, Sendable {
    /// What one operation used. Under the name that it has or had: set back to zero, it goes on in
    /// the same row.
    package struct Row: Equatable, Sendable {
        package let client: String
        package let operation: String
        package let title: String
        package var used: Consumption

        package init(client: String, operation: String, title: String, used: Consumption) {
            self.client = client
            self.operation = operation
            self.title = title
            self.used = used
        }
    }

    package let month: CivilMonth
    /// Those that used anything, in order of the clients' and the operations' names, each once.
    package let rows: [Row]
    /// The sums of all rows. The same person in two operations is two participants.
    package let total: Consumption

    /// - Parameter rows: in order of the operations' creation. Those of one client's operation of
    ///   one name are added; its title is the last one's.
    package init(month: CivilMonth, rows: [Row]) {
        self.month = month
        var merged: [[String]: Row] = [:]
        for row in rows where !row.used.isEmpty {
            let key = [row.client, row.operation]
            var used = merged[key]?.used ?? Consumption()
            used += row.used
            merged[key] = Row(
                client: row.client, operation: row.operation, title: row.title, used: used)
        }
        self.rows = merged.values.sorted {
            ($0.client, $0.operation) < ($1.client, $1.operation)
        }
        total = self.rows.reduce(into: Consumption()) { $0 += $1.used }
    }
}
