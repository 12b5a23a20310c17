package import Time

/// A period of force majeure (A 14.3): a start, an end, a kind. It changes no rate: by A nothing
/// but maintenance is taken out of a month (C9).
package struct ForceMajeure: NumberedRecord, Equatable, Codable, Sendable {
    package enum Terms: String, CaseIterable, Codable, Sendable, BitwiseCopyable {
        /// Flagged beyond a month (A 14.3).
        case a
        /// Flagged beyond 30 days.
        case b
    }

    /// That a period has lasted too long by one of the terms.
    package struct Flag: Equatable, Sendable {
        package let number: UInt32
        package let terms: Terms
        /// The first moment beyond what the terms name.
        package let since: Timestamp

        package init(number: UInt32, terms: Terms, since: Timestamp) {
            self.number = number
            self.terms = terms
            self.since = since
        }
    }

    package let number: UInt32
    /// What it is, such as `flood`.
    package let kind: String
    package let note: String
    package let starts: Timestamp
    /// `nil` while it lasts.
    package private(set) var ends: Timestamp?
    /// The flags that are not reported yet, in order of ``Terms``.
    private var flags: [PendingFlag]

    private struct PendingFlag: Equatable, Codable, Sendable {
        var terms: Terms
        var since: Timestamp
    }

    init(
        number: UInt32, kind: String, note: String, starts: Timestamp, by calendar: OperatorCalendar
    ) {
        self.number = number
        self.kind = kind
        self.note = note
        self.starts = starts
        flags = Self.limits(of: starts, by: calendar)
    }

    private static func limits(
        of starts: Timestamp, by calendar: OperatorCalendar
    ) -> [PendingFlag] {
        // 30 days are counted from the day after (B 10.10).
        let days = DayPeriod(days: 30, .calendar, from: .dayAfter)
        return [
            PendingFlag(terms: .a, since: monthAfter(starts, in: calendar.localTime)),
            PendingFlag(terms: .b, since: calendar.end(of: days, from: starts)),
        ]
    }

    /// By which terms it has lasted too long at a moment, in order of ``Terms``, whether that was
    /// reported or not.
    package func flags(at time: Timestamp, by calendar: OperatorCalendar) -> [Flag] {
        let end = min(ends ?? time, time)
        return Self.limits(of: starts, by: calendar)
            .filter { limit in limit.since < end || (ends == nil && limit.since == end) }
            .map { Flag(number: number, terms: $0.terms, since: $0.since) }
    }

    /// The first moment beyond a month: the midnight that ends the day of the same number in the
    /// next month, or that month's last day where it has none (Code de procédure civile, article
    /// 641).
    package static func monthAfter(_ time: Timestamp, in localTime: LocalTime) -> Timestamp {
        let day = localTime.civil(at: time).day
        let next = CivilMonth(containing: day).next
        let last = next.firstDay.advanced(by: min(day.civil.day, next.days) - 1)
        return localTime.start(of: last.advanced(by: 1))
    }

    /// When the next flag is due; `nil` if none is.
    var nextFlag: Timestamp? { flags.map(\.since).min() }

    /// - Throws: ``ServiceRefusal`` where it has ended already, or would end before it starts.
    mutating func end(at time: Timestamp) throws(ServiceRefusal) {
        guard ends == nil else { throw .over }
        guard time >= starts else { throw .endBeforeStart }
        ends = time
        // It did not last too long.
        flags.removeAll { $0.since >= time }
    }

    /// The first flag that is due by a moment; `nil` if none is.
    func dueFlag(at time: Timestamp) -> Flag? {
        flags.first { $0.since <= time }
            .map { Flag(number: number, terms: $0.terms, since: $0.since) }
    }

    /// Remembers that the flag of the terms was reported.
    mutating func reportFlag(_ terms: Terms) { flags.removeAll { $0.terms == terms } }

    /// The flags that are due by a moment; each is returned once.
    mutating func popFlags(at time: Timestamp) -> [Flag] {
        let due = flags.filter { $0.since <= time }
        flags.removeAll { $0.since <= time }
        return due.map { Flag(number: number, terms: $0.terms, since: $0.since) }
    }
}
