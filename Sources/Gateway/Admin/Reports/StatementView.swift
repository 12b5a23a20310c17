internal import Availability
internal import Ledger
internal import Time

/// What operations used in a month (C15).
struct StatementView: Encodable {
    let report = ReportKind.statement
    let format = ReportKind.currentFormat
    let asOf: AsOfView
    let month: String
    let timeZone: String
    let client: String?
    let complete: Bool
    let operations: [Row]
    /// Rows that are beyond ``maximumOperations``, and not shown; the total has them.
    let operationsLeftOff: Int
    let total: Used

    static var maximumOperations: Int { 1_000 }

    /// - Parameter client: nil for all clients.
    init(_ answer: ConsumptionQuestion.Answer, client: String?) {
        let statement = answer.statement
        asOf = AsOfView(answer.asOf)
        month = statement.month.text
        timeZone = answer.calendar.timeZone
        self.client = client
        let ends = statement.month.interval(in: answer.calendar.localTime).upperBound
        complete = ends <= answer.asOf.until
        operations = statement.rows.prefix(Self.maximumOperations).map(Row.init)
        operationsLeftOff = statement.rows.count - operations.count
        total = Used(statement.total)
    }

    struct Used: Encodable {
        let entries: UInt64
        let participants: UInt64
        let robotEntries: UInt64
        let robots: UInt64
        let answers: AnswerCounts

        init(_ used: Consumption) {
            entries = used.entries
            participants = used.participants
            robotEntries = used.robotEntries
            robots = used.robots
            answers = used.answers
        }

        private enum CodingKeys: String, CodingKey {
            case entries, participants, robots, answers
            case robotEntries = "robot_entries"
        }
    }

    struct Row: Encodable {
        let client: String
        let operation: String
        let title: String
        let used: Used

        init(_ row: ConsumptionStatement.Row) {
            client = row.client
            operation = row.operation
            title = row.title
            used = Used(row.used)
        }

        private enum CodingKeys: String, CodingKey {
            case client, operation, title
        }

        func encode(to encoder: any Encoder) throws {
            try used.encode(to: encoder)
            var members = encoder.container(keyedBy: CodingKeys.self)
            try members.encode(client, forKey: .client)
            try members.encode(operation, forKey: .operation)
            try members.encode(title, forKey: .title)
        }
    }

    private enum CodingKeys: String, CodingKey {
        case report, format, month, client, complete, operations, total
        case asOf = "as_of"
        case timeZone = "time_zone"
        case operationsLeftOff = "operations_left_off"
    }
}

// MARK: Shapes

extension StatementView {
    private static let answers = Shape.object(
        AnswerCounts.verdicts.map { Shape.Member.required($0.name, .count) })

    private static let used: [Shape.Member] = [
        .required("entries", .count, "Accepted entries of participants."),
        .required("participants", .count, "Those who entered the operation for the first time."),
        .required(
            "robot_entries", .count, "Entries that were let in and count as robots', apart (C6)."),
        .required("robots", .count, "Attempts taken for a robot's, whatever was answered."),
        .required("answers", answers, "What was answered otherwise than accepted."),
    ]

    private static let row: [Shape.Member] =
        used + [
            .required("client", .identifier), .required("operation", .identifier),
            .required("title", .text(1...LedgerLimits.titleBytes)),
        ]

    private static let members: [Shape.Member] = [
        .required("month", .text(7...7)), .required("time_zone", .text(1...64)),
        .optional("client", .identifier, "Absent for all clients."),
        .required("complete", .boolean, "Whether the month is over; else the part that is."),
        .required(
            "operations", .array(.object(row), maximum: maximumOperations),
            "Those that used anything, by client and name."),
        .required("operations_left_off", .count, "Operations that are not shown; total has them."),
        .required("total", .object(used), "A person in two operations is two participants."),
    ]

    static let shape = Shape.object(AsOfView.members + members)
}
