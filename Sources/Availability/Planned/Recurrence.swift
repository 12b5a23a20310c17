internal import Time

/// How a maintenance recurs: at the same local time each time, also where the clocks are changed in
/// between.
package struct Recurrence: Equatable, Sendable, BitwiseCopyable {
    package enum Interval: Equatable, Sendable, BitwiseCopyable {
        /// So many days later: 7 for each week. 1...366.
        case days(Int64)
        /// Each month on the same weekday of the same week, such as the second Tuesday. A month
        /// that has no fifth one is left out.
        case monthly
    }

    package var interval: Interval
    /// All of them, the first included: 1...``maximumOccurrences``.
    package var occurrences: Int

    /// Two years of weeks.
    package static var maximumOccurrences: Int { 104 }

    package init(_ interval: Interval, occurrences: Int) {
        self.interval = interval
        self.occurrences = occurrences
    }

    /// Whether the values are in their ranges.
    package var isValid: Bool {
        guard (1...Self.maximumOccurrences).contains(occurrences) else { return false }
        if case .days(let days) = interval { return (1...366).contains(days) }
        return true
    }

    /// When the occurrences start, the first as given.
    /// - Precondition: ``isValid``.
    func starts(from first: Timestamp, in localTime: LocalTime) -> [Timestamp] {
        precondition(isValid, "a recurrence is checked before it is used")
        let (day, time) = localTime.civil(at: first)
        var starts = [first]
        var month = CivilMonth(containing: day)
        for count in 1..<max(occurrences, 1) {
            let next: CivilDay
            switch interval {
            case .days(let days): next = day.advanced(by: days * Int64(count))
            case .monthly:
                repeat { month = month.next } while Self.day(like: day, in: month) == nil
                guard let found = Self.day(like: day, in: month) else { continue }
                next = found
            }
            starts.append(localTime.moment(of: next, millisecondOfDay: time))
        }
        return starts
    }

    /// The day of a month with the same weekday and the same week as another month's.
    private static func day(like day: CivilDay, in month: CivilMonth) -> CivilDay? {
        let week = (day.civil.day - 1) / 7
        let first = month.firstDay
        let weekdays = Int64((day.weekday - first.weekday + 7) % 7)
        let found = first.advanced(by: week * 7 + weekdays)
        return found < month.next.firstDay ? found : nil
    }
}

/// JSON holds the days between two; without them it recurs each month.
extension Recurrence: Codable {
    private enum CodingKeys: String, CodingKey {
        case occurrences
        case everyDays = "every_days"
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        let days = try members.decodeIfPresent(Int64.self, forKey: .everyDays)
        self.init(
            days.map { .days($0) } ?? .monthly,
            occurrences: try members.decode(Int.self, forKey: .occurrences))
    }

    package func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        if case .days(let days) = interval { try members.encode(days, forKey: .everyDays) }
        try members.encode(occurrences, forKey: .occurrences)
    }
}
