import Availability
internal import Time

/// What each operation used, by month of the operator's time zone (C15).
///
/// An entry costs one comparison, with ``end``. The counts at the month's beginning are kept, and
/// what was used is the difference; when the month is over it is taken for all operations at once.
/// That is the state behind the first record of the next month, so it follows from the log.
struct MonthCounts: Equatable {
    /// The month in progress; `nil` before the first entry.
    private(set) var month: CivilMonth?
    /// Where the month ends, in milliseconds: an entry then or later begins another. The beginning
    /// of all time before the first entry.
    private(set) var end: Int64 = .min
    /// The operator's.
    private var localTime: LocalTime
    /// Under the catalogue's indices.
    private var operations: [OperationMonths] = []

    /// What is counted of an operation without regard to months.
    struct Counts: Equatable, BitwiseCopyable {
        var entries: UInt64 = 0
        var participants: UInt32 = 0
        var robots: UInt64 = 0

        init() {}

        init(_ state: OperationEntryState) {
            entries = state.entries
            participants = state.participants
            robots = state.robots
        }

        /// What came since.
        func used(since before: Counts) -> Consumption {
            Consumption(
                entries: entries - min(before.entries, entries),
                participants: UInt64(participants - min(before.participants, participants)),
                robotEntries: robots - min(before.robots, robots))
        }
    }

    struct OperationMonths: Equatable {
        /// At the beginning of the month in progress.
        var before = Counts()
        /// The latest months with anything; of the month in progress what facts tell.
        var months: [Month] = []

        struct Month: Equatable, BitwiseCopyable {
            var month: CivilMonth
            var used: Consumption
        }

        mutating func add(_ used: Consumption, in month: CivilMonth) {
            if used.isEmpty { return }
            if let index = months.lastIndex(where: { $0.month == month }) {
                months[index].used += used
                return
            }
            let index = months.lastIndex { $0.month < month }.map { $0 + 1 } ?? 0
            months.insert(Month(month: month, used: used), at: index)
            if months.count > LedgerLimits.consumptionMonths { months.removeFirst() }
        }
    }

    /// - Parameter localTime: the operator's.
    init(in localTime: LocalTime = .utc) {
        self.localTime = localTime
    }

    // MARK: Reading

    /// What the operation at this index used in a month, as far as it is over.
    func consumption(
        of operation: Int, in month: CivilMonth, _ state: OperationEntryState
    ) -> Consumption {
        let kept = operations[operation]
        var used = kept.months.first { $0.month == month }?.used ?? Consumption()
        if month == self.month { used += Counts(state).used(since: kept.before) }
        return used
    }

    // MARK: Counting

    /// Adds the operation at the next index.
    mutating func addOperation() { operations.append(OperationMonths()) }

    /// The first entry of another month was accepted. Linear in all operations, once a month.
    /// - Parameters:
    ///   - states: of all operations, the entry not counted.
    ///   - operation: the entry's.
    ///   - participants: that its operation had before.
    mutating func begin(
        at time: Timestamp, _ states: [OperationEntryState], entering operation: UInt32,
        participants: UInt32
    ) {
        var before = Counts(states[Int(operation)])
        before.participants = participants
        finish(states, entering: (operation, before))
        setMonth(at: time)
    }

    /// The operator's months are those of this zone from here on; what was counted stays where it
    /// is.
    mutating func setLocalTime(
        _ localTime: LocalTime, at time: Timestamp, _ states: [OperationEntryState]
    ) {
        guard localTime != self.localTime else { return }
        self.localTime = localTime
        guard month != nil else { return }
        finish(states, entering: nil)
        setMonth(at: time)
    }

    /// Counts what a fact tells, in the month that it began in.
    mutating func add(_ used: Consumption, since: Timestamp, of operation: UInt32) {
        operations[Int(operation)].add(used, in: CivilMonth(at: since, in: localTime))
    }

    private mutating func finish(
        _ states: [OperationEntryState], entering: (operation: UInt32, counts: Counts)?
    ) {
        for index in operations.indices {
            var counts = Counts(states[index])
            if let entering, index == Int(entering.operation) { counts = entering.counts }
            if let month {
                operations[index].add(counts.used(since: operations[index].before), in: month)
            }
            operations[index].before = counts
        }
    }

    private mutating func setMonth(at time: Timestamp) {
        let month = CivilMonth(at: time, in: localTime)
        self.month = month
        end = month.interval(in: localTime).upperBound.milliseconds
    }

    // MARK: Snapshots

    func encode(into writer: inout SnapshotWriter) {
        writer.append(Self.number(of: month))
        for operation in operations {
            writer.append(operation.before.entries)
            writer.append(operation.before.participants)
            writer.append(operation.before.robots)
            writer.append(UInt64(operation.months.count))
            for month in operation.months {
                writer.append(Self.number(of: month.month))
                writer.append(month.used.entries)
                writer.append(month.used.participants)
                writer.append(month.used.robotEntries)
                writer.append(month.used.robots)
                for verdict in AnswerCounts.verdicts {
                    writer.append(month.used.answers[keyPath: verdict.count])
                }
            }
        }
    }

    /// Reads what ``encode(into:)`` wrote.
    /// - Parameters:
    ///   - count: of operations.
    ///   - localTime: the operator's.
    init(
        of count: Int, in localTime: LocalTime, from reader: inout SnapshotReader
    ) throws {
        self.init(in: localTime)
        month = try Self.month(numbered: try reader.read())
        if let month { end = month.interval(in: localTime).upperBound.milliseconds }
        for _ in 0..<count {
            var operation = OperationMonths()
            operation.before.entries = try reader.read()
            operation.before.participants = try reader.read()
            operation.before.robots = try reader.read()
            let months: UInt64 = try reader.read()
            guard months <= UInt64(LedgerLimits.consumptionMonths) else {
                throw SnapshotError.malformed("\(months) months of an operation")
            }
            for _ in 0..<months {
                operation.months.append(try Self.month(from: &reader))
            }
            operations.append(operation)
        }
    }

    private static func month(
        from reader: inout SnapshotReader
    ) throws -> OperationMonths.Month {
        guard let month = try Self.month(numbered: try reader.read()) else {
            throw SnapshotError.malformed("a month without a number")
        }
        var used = Consumption()
        used.entries = try reader.read()
        used.participants = try reader.read()
        used.robotEntries = try reader.read()
        used.robots = try reader.read()
        for verdict in AnswerCounts.verdicts {
            used.answers[keyPath: verdict.count] = try reader.read()
        }
        return OperationMonths.Month(month: month, used: used)
    }

    /// Months since the year 0; the smallest number for none.
    private static func number(of month: CivilMonth?) -> Int64 {
        month.map { $0.year * 12 + $0.month - 1 } ?? .min
    }

    /// - Throws: ``SnapshotError`` for a month that no local date of 32 bits lies in.
    private static func month(numbered number: Int64) throws(SnapshotError) -> CivilMonth? {
        if number == .min { return nil }
        guard number.magnitude < 6_000_000 * 12 else { throw .malformed("month \(number)") }
        let year = (number < 0 ? number - 11 : number) / 12
        return CivilMonth(year, number - year * 12 + 1)
    }
}
