/// Which days count (C14).
package enum DayKind: String, CaseIterable, Codable, Sendable, BitwiseCopyable {
    /// All of them.
    case calendar
    /// *Jours ouvrables*: Monday to Saturday, public holidays out.
    case working
    /// *Jours ouvrés*: Monday to Friday, public holidays out.
    case business

    package func includes(_ day: CivilDay, _ holidays: PublicHolidays) -> Bool {
        switch self {
        case .calendar: true
        case .working: day.weekday <= 6 && !holidays.contains(day)
        case .business: day.weekday <= 5 && !holidays.contains(day)
        }
    }
}

/// A number of days from an event on, as terms count them (C14).
package struct DayPeriod: Equatable, Sendable, BitwiseCopyable {
    /// The first day that may count.
    package enum Start: Sendable, BitwiseCopyable {
        /// The event's own day (A: from the first delivery of a notice).
        case sameDay
        /// The day after it (B 10.10).
        case dayAfter
    }

    package let days: Int
    package let kind: DayKind
    package let start: Start

    /// - Precondition: at least one day.
    package init(days: Int, _ kind: DayKind, from start: Start) {
        precondition(days >= 1, "a period has a day")
        self.days = days
        self.kind = kind
        self.start = start
    }

    /// The first day after the period. Linear in its days.
    /// - Parameter day: the event's.
    package func end(from day: CivilDay, _ holidays: PublicHolidays) -> CivilDay {
        var next = start == .sameDay ? day : day.advanced(by: 1)
        var remaining = days
        while remaining > 0 {
            if kind.includes(next, holidays) { remaining -= 1 }
            next = next.advanced(by: 1)
        }
        return next
    }
}
