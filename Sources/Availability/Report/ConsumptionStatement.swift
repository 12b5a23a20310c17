package import Time

/// What a client's operations used in a month (C15): entries, participants, robots.
package struct ConsumptionStatement: Equatable, Sendable {
    package struct Row: Equatable, Sendable {
        package let operation: String
        /// Entries that were accepted in the month; those of agreed load tests are not (C7).
        package let entries: UInt64
        /// Participants who entered the operation for the first time.
        package let participants: UInt64
        /// Attempts that were taken for a robot's. None of them is in the others (C6).
        package let robots: UInt64

        package init(operation: String, entries: UInt64, participants: UInt64, robots: UInt64) {
            self.operation = operation
            self.entries = entries
            self.participants = participants
            self.robots = robots
        }
    }

    package let client: String
    package let month: CivilMonth
    /// In order of the operations' names, each once.
    package let rows: [Row]
    /// The sums of all rows. The same person in two operations is two participants.
    package let total: Row

    /// - Parameter rows: in any order; several of one operation are added.
    package init(client: String, month: CivilMonth, rows: [Row]) {
        self.client = client
        self.month = month
        self.rows = Dictionary(grouping: rows, by: \.operation)
            .map { operation, parts in Self.sum(operation, parts) }
            .sorted { $0.operation < $1.operation }
        total = Self.sum("", rows)
    }

    private static func sum(_ operation: String, _ rows: [Row]) -> Row {
        func sum(_ figure: KeyPath<Row, UInt64>) -> UInt64 {
            rows.reduce(0) { total, row in
                let (sum, overflow) = total.addingReportingOverflow(row[keyPath: figure])
                return overflow ? .max : sum
            }
        }
        return Row(
            operation: operation, entries: sum(\.entries), participants: sum(\.participants),
            robots: sum(\.robots))
    }
}
